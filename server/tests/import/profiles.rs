//! A sample of each export, made from the columns that its vendor documents, with the orders that a person reads in it.

use serde_json::Value;

use crate::{TestResult, import};

/// The journal of a sample, with one short line per event, and the messages.
fn read(sample: &[u8], arguments: &[&str]) -> TestResult<(Vec<String>, String)> {
    let all: Vec<_> =
        arguments.iter().copied().chain(["--default=region=440106", "--default=rate=10%", "-o=-"]).collect();
    let output = import(&all, sample)?;
    let said = String::from_utf8(output.stderr)?;
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout)?;
    Ok((lines.lines().map(in_short).collect::<Result<_, _>>()?, said))
}

fn in_short(line: &str) -> TestResult<String> {
    let event: Value = serde_json::from_str(line)?;
    let text = |field: &str| event[field].as_str().unwrap_or("-").to_owned();
    Ok(match event["type"].as_str() {
        Some("order.placed") => {
            let [order, buyer, merchant, channel] = ["order", "buyer", "merchant", "channel"].map(text);
            format!(
                "{order} {buyer} {merchant} {channel} {}/{} {}",
                text("amount"),
                text("concession"),
                text("reference")
            )
        }
        Some("order.refunded") => format!("refund {} {}", text("order"), text("concession")),
        Some("day.closed") => format!("close {}", text("day")),
        _ => line.to_owned(),
    })
}

#[track_caller]
fn says(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.lines().any(|other| other == *line), "{line}\n{said}");
    }
}

#[test]
fn orders_are_read_from_shopify() -> TestResult {
    let (journal, said) =
        read(include_bytes!("samples/shopify.csv"), &["--profile=shopify", "--default=merchant=shop"])?;
    assert_eq!(
        journal,
        [
            ":231000 ann:40example.com shop online 60/6 591000",
            ":231001 ann:40example.com shop online 1200/120 591001",
            "refund :231000 -",
            "close 2026-01-02",
            ":231003 bob:40example.com shop online 99.99/9.99 591003",
            ":231004 cat:40example.com shop online 200/20 591004",
            "refund :231004 5",
        ],
        "{said}"
    );
    says(
        &said,
        &[
            "line 4, column `Currency`: bad_row: `USD` is not yuan (CNY)",
            "4 orders, 1 rows refused",
            "2 refunds",
            "1 rows do not count: status `pending`",
            "1 rows do not count: no buyer",
            "1 rows do not count: column `Cancelled at` is none of ``",
            "3 of 3 buyers have no pack, so they earn nothing: `--members --pack PACK`, or a column `pack` for `gongxiang import members`",
        ],
    );
    Ok(())
}

#[test]
fn orders_are_read_from_woocommerce() -> TestResult {
    let (journal, said) =
        read(include_bytes!("samples/woocommerce.csv"), &["--profile=woocommerce", "--default=merchant=shop"])?;
    assert_eq!(
        journal,
        [
            "2001 Ann:20Li shop online 100/10 -",
            "2002 Bob:20Yu shop online 1250.5/125.05 -",
            "2003 Bob:20Yu shop online 50/5 -",
            "refund 2003 -",
            "close 2026-01-02",
            "refund 2001 2",
        ],
        "{said}"
    );
    says(
        &said,
        &[
            "1 rows do not count: status `cancelled`",
            "1 rows do not count: refunds of orders that were refunded already",
        ],
    );
    Ok(())
}

#[test]
fn orders_are_read_from_taobao() -> TestResult {
    let (journal, said) = read(include_bytes!("samples/taobao.csv"), &["--profile=taobao"])?;
    let shop = ":E8:8C:B6:E5:8F:B6:E5:B0:8F:E5:BA:97";
    assert_eq!(
        journal,
        [
            format!("2600000000000000033 tb_:E6:9D:8E:E5:9B:9B {shop} online 1066/106.6 -"),
            "close 2026-01-02".into(),
            format!("2600000000000000011 tb_:E5:BC:A0:E4:B8:89 {shop} online 128/12.8 -"),
            "refund 2600000000000000011 2.8".into(),
        ],
        "{said}"
    );
    says(&said, &["1 rows do not count: status `交易关闭`", "1 rows do not count: status `等待买家付款`"]);
    let text = encoding_rs::GBK.decode(include_bytes!("samples/taobao.csv")).0.replace("交易成功", "不明");
    let (_, said) = read(text.as_bytes(), &["--profile=taobao"])?;
    assert!(said.contains("line 2, column `订单状态`: bad_row: `不明` is no known status: 交易成功, "), "{said}");
    // The third order begins in line 4, and its note has two lines.
    let (_, said) = read(text.replace("等待买家付款\"", "等待\"").as_bytes(), &["--profile=taobao"])?;
    assert!(said.contains("line 6, column `订单状态`"), "{said}");
    Ok(())
}

#[test]
fn orders_are_read_from_jd() -> TestResult {
    let (journal, said) =
        read(include_bytes!("samples/jd.csv"), &["--profile=jd", "--default=merchant=shop", "--map=merchant=商品ID"])?;
    assert_eq!(journal.len(), 1, "the rows of one order do not agree\n{said}");
    let (journal, said) = read(include_bytes!("samples/jd.csv"), &["--profile=jd"])?;
    let shop = ":E8:8C:B6:E5:8F:B6:E5:B0:8F:E5:BA:97";
    assert_eq!(
        journal,
        [
            format!("300000000033 jd_:E6:9D:8E:E5:9B:9B {shop} online 60/6 -"),
            "close 2026-01-02".into(),
            format!("300000000011 jd_:E5:BC:A0:E4:B8:89 {shop} online 100/10 -"),
        ],
        "{said}"
    );
    says(&said, &["2 orders, 0 rows refused", "1 rows do not count: status `(删除)等待付款确认`"]);
    Ok(())
}

#[test]
fn orders_are_read_from_youzan() -> TestResult {
    let (journal, said) = read(include_bytes!("samples/youzan.csv"), &["--profile=youzan", "--default=merchant=shop"])?;
    let shop = ":E8:8C:B6:E5:8F:B6:E5:B0:8F:E5:BA:97";
    assert_eq!(
        journal,
        [
            format!("E20260102000033 13900000000 {shop} online 58/5.8 -"),
            "close 2026-01-02".into(),
            format!("E20260103000011 13800000000 {shop} online 100/10 -"),
            "refund E20260103000011 2.5".into(),
        ],
        "{said}"
    );
    says(&said, &["1 rows do not count: no buyer", "1 rows do not count: status `交易关闭`"]);
    Ok(())
}

#[test]
fn orders_are_read_from_a_wechat_bill() -> TestResult {
    let (journal, said) =
        read(include_bytes!("samples/wechat-bill.csv"), &["--profile=wechat-bill", "--default=buyer=ann"])?;
    let (shop, fruit) = (":E8:8C:B6:E5:8F:B6:E5:B0:8F:E5:BA:97", ":E8:80:81:E7:8E:8B:E6:B0:B4:E6:9E:9C");
    assert_eq!(
        journal,
        [
            format!("1000049901260102000000000000011 ann {fruit} offline 15.5/1.55 1000049901"),
            "close 2026-01-02".into(),
            format!("4200000000202601030000000022 ann {shop} offline 30/3 M22"),
            format!("4200000000202601030000000044 ann {shop} offline 50/5 M44"),
            "refund 4200000000202601030000000022 -".into(),
            "refund 4200000000202601030000000044 2".into(),
        ],
        "{said}"
    );
    says(&said, &["2 rows do not count: column `交易类型` is none of `商户消费`, `扫二维码付款`"]);
    Ok(())
}

#[test]
fn orders_are_read_from_a_wechat_merchants_bill() -> TestResult {
    let (journal, said) = read(include_bytes!("samples/wechat-merchant.csv"), &["--profile=wechat-merchant"])?;
    assert_eq!(
        journal,
        [
            "T1001 oAnn_0001 1900000001 offline 100/10 4200000000202601020000000001",
            "T1002 oBob-0002 1900000001 offline 59.9/5.99 4200000000202601020000000002",
            "refund T1001 3",
            "refund T1002 -",
        ],
        "{said}"
    );
    says(&said, &["2 orders, 0 rows refused"]);

    // A refund that failed, or is not done yet, takes nothing back.
    for state in ["FAIL", "PROCESSING"] {
        let table = include_str!("samples/wechat-merchant.csv").replacen(
            "`ORIGINAL,`SUCCESS",
            &format!("`ORIGINAL,`{state}"),
            1,
        );
        let (journal, said) = read(table.as_bytes(), &["--profile=wechat-merchant"])?;
        assert_eq!(journal[2..], ["refund T1002 -"], "{said}");
        says(&said, &["1 rows do not count: column `退款状态` is none of `success`, `退款成功`, ``"]);
    }
    Ok(())
}

#[test]
fn orders_are_read_from_alipay_on_the_web_and_in_the_app() -> TestResult {
    let arguments = ["--profile=alipay", "--default=buyer=ann"];
    let (journal, said) = read(include_bytes!("samples/alipay-web.csv"), &arguments)?;
    let (shop, fruit) = (":E8:8C:B6:E5:8F:B6:E5:B0:8F:E5:BA:97", ":E8:80:81:E7:8E:8B:E6:B0:B4:E6:9E:9C");
    assert_eq!(
        journal,
        [
            format!("2026010222001400000000000033 ann {fruit} offline 12.5/1.25 T200P33"),
            "close 2026-01-02".into(),
            format!("2026010322001400000000000011 ann {shop} offline 100/10 T200P11"),
            "refund 2026010322001400000000000011 4".into(),
        ],
        "{said}"
    );
    says(&said, &["2 orders, 0 rows refused", "1 rows do not count: column `收/支` is none of `支出`"]);
    let (journal, said) = read(include_bytes!("samples/alipay-app.csv"), &arguments)?;
    assert_eq!(
        journal,
        [
            format!("2026010322001400000000000011 ann {shop} offline 100/10 T200P11"),
            "close 2026-01-02".into(),
            "refund 2026010322001400000000000011 4".into(),
        ],
        "{said}"
    );
    says(&said, &["1 orders, 0 rows refused", "1 rows do not count: refunds of orders that do not count"]);
    Ok(())
}

#[test]
fn orders_are_read_from_the_uci_data_set() -> TestResult {
    let (journal, said) = read(include_bytes!("samples/uci.csv"), &["--profile=uci", "--default=merchant=shop"])?;
    assert_eq!(
        journal,
        [
            "536365 17850 shop online 35.64/3.56 -",
            "close 2010-12-01",
            // 54.085 yuan, rounded down.
            "536367 13047 shop online 54.08/5.4 -",
        ],
        "{said}"
    );
    says(
        &said,
        &[
            "1 rows do not count: no buyer",
            "1 rows do not count: credit notes that do not say which order they belong to",
            "2 orders, 0 rows refused",
        ],
    );
    let table = include_bytes!("samples/uci.csv").to_vec();
    let changed = String::from_utf8_lossy(&table).replace("\u{fffd}", "").replace("17850", "17850.0");
    let (_, said) = read(changed.as_bytes(), &["--profile=uci", "--default=merchant=shop"])?;
    assert!(
        said.contains("line 2, column `CustomerID`: bad_row: `17850.0` was turned into a number by a program"),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_profile_says_what_is_missing_and_a_file_may_be_one() -> TestResult {
    let arguments = ["--profile=shopify", "--default=region=440106", "--default=rate=10%", "-o=-"];
    let output = import(&arguments, include_bytes!("samples/shopify.csv"))?;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr)?.contains("an order has a `merchant`"));
    let output = import(&arguments, b"Name,Email,Total\n#1,a@b,3\n")?;
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("this is no table of the profile shopify: there is no column Created at"), "{said}");
    let file = crate::temporary("till.toml");
    std::fs::write(
        &file,
        "\u{feff}[[profile]]\r\nname = \"till\"\r\npaid = [\"ok\"]\r\nunpaid = [\"void\"]\r\n[profile.columns]\r\norder = [\"Bon\"]\r\n\
         buyer = [\"Card\"]\r\namount = [\"Sum\"]\r\ndate = [\"Day\"]\r\nstatus = [\"State\"]\r\n",
    )?;
    let profile = format!("--profile={}", file.display());
    let arguments = [profile.as_str(), "--default=merchant=shop", "--default=channel=offline"];
    let (journal, _) = read(b"Bon;Card;Sum;Day;State\n1;ann;20;2026-01-01;OK\n2;ann;30;2026-01-01;void\n", &arguments)?;
    assert_eq!(journal, ["1 ann shop offline 20/2 -"]);
    std::fs::remove_file(file)?;
    Ok(())
}
