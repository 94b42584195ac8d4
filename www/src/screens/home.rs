//! A member's home: what it has, what that is worth today, and whether the server says the same.

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::{fault, member_bar, statement};
use crate::app::App;
use crate::fetched::{Remote, fetched};
use crate::figure::{money, number};
use crate::text::Text;
use crate::wallet::{self, Wallet};

/// The screen.
pub fn screen(app: App, id: Id) -> impl IntoView {
    let bar = member_bar(app, &id, true);
    let found = fetched(move || wallet::open(id.clone(), app.days));
    view! {
        {bar}
        {move || match found.state.get() {
            Remote::Loading => fault::loading(app).into_any(),
            Remote::Failed(why) => fault::fault(app, &why, found).into_any(),
            Remote::Ready(wallet) => shown(app, &wallet).into_any(),
        }}
    }
}

fn shown(app: App, wallet: &Wallet) -> impl IntoView + use<> {
    let activated = wallet.activated;
    let locked_note = move || if activated { app.text().locked_none } else { app.text().locked_note };
    view! {
        <section class="figures" data-testid="home" data-member=wallet.member.to_string()
            data-day=wallet.day.to_string()>
            <article class="card chief">
                <h2>{move || app.text().share_value}</h2>
                <p class="big" data-testid="share-value" data-value=wallet.mine.share_value.to_string()>
                    {number(&wallet.mine.share_value)}
                </p>
                <p class="note">{move || app.text().share_value_note}</p>
            </article>
            <article class="card">
                <h2>{move || app.text().points}</h2>
                <p class="mid" data-testid="points" data-value=wallet.mine.points.to_string()>
                    {number(&wallet.mine.points)}
                </p>
                <p class="note">{move || app.text().points_note}</p>
            </article>
            <article class="card">
                <h2>{move || app.text().worth}</h2>
                <p class="mid" data-testid="worth" data-value=wallet.worth.to_string()>
                    {money(wallet.worth)} " " <small>{move || app.text().yuan}</small>
                </p>
                <p class="note">
                    {move || app.text().price} " "
                    <span data-testid="price" data-value=wallet.price.to_string()>{number(&wallet.price)}</span> " "
                    {move || app.text().yuan}
                </p>
            </article>
            <article class="card">
                <h2>{move || app.text().locked}</h2>
                <p class="mid" data-testid="locked" data-value=wallet.mine.locked.to_string()>
                    {number(&wallet.mine.locked)}
                </p>
                <p class="note">{locked_note}</p>
            </article>
        </section>
        {check(app, wallet)}
        {statement::section(app, wallet)}
    }
}

/// Equal or not; and if not, in what.
fn check(app: App, wallet: &Wallet) -> impl IntoView + use<> {
    let day = wallet.day.to_string();
    if wallet.is_verified() {
        return view! {
            <section class="check good" data-testid="check" data-value="equal">
                <span class="sign" aria-hidden="true">"✓"</span>
                <div>
                    <b>{move || app.text().verified}</b>
                    <p>{move || app.text().verified_note} " " {move || app.text().day} " " <time>{day}</time></p>
                </div>
            </section>
        }
        .into_any();
    }
    let (mine, server) = (&wallet.mine, &wallet.server);
    let row = |name: fn(&Text) -> &str, here: String, there: String| {
        let differs = here != there;
        view! {
            <tr class:off=differs>
                <th scope="row">{move || name(app.text())}</th>
                <td>{number(&here)}</td>
                <td>{number(&there)}</td>
            </tr>
        }
    };
    view! {
        <section class="check bad" role="alert" data-testid="check" data-value="differs">
            <span class="sign" aria-hidden="true">"≠"</span>
            <div>
                <b>{move || app.text().differs}</b>
                <p>{move || app.text().differs_note}</p>
                <table>
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="col">{move || app.text().computed_here}</th>
                            <th scope="col">{move || app.text().said_by_server}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {row(|t| t.share_value, mine.share_value.to_string(), server.share_value.to_string())}
                        {row(|t| t.locked, mine.locked.to_string(), server.locked.to_string())}
                        {row(|t| t.points, mine.points.to_string(), server.points.to_string())}
                        {row(|t| t.units, mine.units.to_string(), server.units.to_string())}
                    </tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
