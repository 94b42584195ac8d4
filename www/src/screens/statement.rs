//! The last days of a member: what each gave, and by which formula.

use leptos::prelude::*;

use crate::app::App;
use crate::figure::{grouped, money, number};
use crate::wallet::{Agreement, Line, Wallet};

/// The list, newest first.
pub fn section(app: App, wallet: &Wallet) -> impl IntoView + use<> {
    view! {
        <section class="card statement">
            <h2>{move || app.text().statement}</h2>
            {body(app, &wallet.lines)}
        </section>
    }
}

fn body(app: App, lines: &[Line]) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="note" data-testid="statement-empty">{move || app.text().statement_empty}</p> }
            .into_any();
    }
    view! {
        <p class="note">{move || app.text().formula_note} " " {move || app.text().statement_note}</p>
        <table data-testid="statement">
            <thead>
                <tr>
                    <th scope="col">{move || app.text().day}</th>
                    <th scope="col">{move || app.text().earned}</th>
                    <th scope="col">{move || app.text().worth_then}</th>
                    <th scope="col">{move || app.text().share_value_after}</th>
                </tr>
            </thead>
            {lines.iter().map(|line| day(app, line)).collect_view()}
        </table>
    }
    .into_any()
}

/// A day and, in a line of its own, its formula: on a phone there is no room beside the numbers.
fn day(app: App, line: &Line) -> impl IntoView + use<> {
    // Day records from before any points were released say nothing about anybody.
    let formula = line.agreement().filter(|_| line.released.is_positive()).map(|agreement| {
        let sign = match agreement {
            Agreement::Exact => "=",
            Agreement::Close => "≈",
        };
        let [released, before, total, earned] =
            [line.released.to_string(), line.before.to_string(), line.total.to_string(), line.earned.to_string()]
                .map(|canonical| grouped(&canonical));
        let formula = format!("{released} × {before} ÷ {total} {sign} {earned}");
        view! {
            <tr class="formula">
                <td colspan="4" data-testid="formula">
                    <span class="hidden">{move || app.text().formula} ": "</span>
                    {formula}
                </td>
            </tr>
        }
    });
    view! {
        <tbody data-testid="statement-day" data-day=line.day.to_string() data-earned=line.earned.to_string()
            data-share-value=line.after.to_string() data-worth=line.worth.to_string()>
            <tr>
                <th scope="row"><time>{line.day.to_string()}</time></th>
                <td data-label=move || app.text().earned>{number(&line.earned)}</td>
                <td data-label=move || app.text().worth_then>
                    {money(line.worth)} " " <small>"× " {number(&line.price)}</small>
                </td>
                <td data-label=move || app.text().share_value_after>{number(&line.after)}</td>
            </tr>
            {formula}
        </tbody>
    }
}
