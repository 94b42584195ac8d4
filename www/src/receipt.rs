//! Compares the expected receipt with the settled one.

use gongxiang::receipt::{Posting, Reason, Receipt};

/// Whether both receipts move the same amounts for the same reasons. The server makes new ids, so ids in reasons are not compared.
pub fn moves_like(foreseen: &Receipt, settled: &Receipt) -> bool {
    let same = |(mine, theirs): (&Posting, &Posting)| {
        (&mine.from, &mine.to, mine.amount, mine.rule) == (&theirs.from, &theirs.to, theirs.amount, theirs.rule)
            && without_ids(&mine.why) == without_ids(&theirs.why)
    };
    foreseen.postings.len() == settled.postings.len() && foreseen.postings.iter().zip(&settled.postings).all(same)
}

/// A reason's tag, and its numbers as text.
fn without_ids(why: &Reason) -> (&'static str, String) {
    let template = gongxiang_words::reason(gongxiang_words::Language::En, why.tag()).unwrap_or_default();
    (why.tag(), why.fill(template, |text, is_number| if is_number { text } else { String::new() }))
}

#[cfg(test)]
mod tests {
    use gongxiang::event::Kind;
    use gongxiang::identity::{Day, Id};
    use gongxiang::quantity::Points;
    use gongxiang::receipt::{Amount, Party, Rule};

    use super::*;

    fn receipt(points: i128, why: Reason) -> Receipt {
        let id = |text| Party::Member(Id::parse(text).expect("an id"));
        let moved = |from, to, rule, why| {
            let amount = Amount::Points(Points::from_raw(points));
            Posting { from, to, amount, rule, why }
        };
        Receipt {
            kind: Kind::OfferPlaced,
            day: Day::parse("2026-01-02").expect("a day"),
            order: None,
            unrecovered: None,
            postings: vec![
                moved(Party::Pool, id("ann"), Rule::Release, Reason::DayRelease {}),
                moved(id("ann"), Party::Escrow, Rule::Offer, why),
            ],
            accounts: Vec::new(),
        }
    }

    #[test]
    fn only_the_ids_of_what_was_made_may_differ() {
        let offer = |text| Reason::Offer { offer: Id::parse(text).expect("an id") };
        let trade = Reason::Trade { trade: Id::parse("preview").expect("an id") };
        let foreseen = receipt(7, offer("preview"));
        assert!(moves_like(&foreseen, &receipt(7, offer("f-1"))));
        assert!(!moves_like(&foreseen, &receipt(8, offer("f-1"))), "another amount");
        assert!(!moves_like(&foreseen, &receipt(7, trade)), "another reason");
        let mut fewer = receipt(7, offer("f-1"));
        fewer.postings.pop();
        assert!(!moves_like(&foreseen, &fewer), "a posting less");
    }
}
