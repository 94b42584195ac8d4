//! What is seen, a file for each screen.

pub mod fault;
pub mod home;
pub mod members;
pub mod order;
mod order_form;
mod order_result;
mod statement;

use gongxiang::identity::Id;
use leptos::prelude::*;

use crate::app::App;
use crate::route::Route;

/// Who is looked at, and the way to the member's other screen.
fn member_bar(app: App, id: &Id, at_home: bool) -> impl IntoView + use<> {
    let current = |here: bool| here.then_some("page");
    view! {
        <nav class="member">
            <a class="back" href="#/" data-testid="all-members">"‹ " {move || app.text().all_members}</a>
            <h1 data-testid="member">{id.to_string()}</h1>
            <div class="tabs">
                <a href=Route::Home(id.clone()).to_string() aria-current=current(at_home)>{move || app.text().home}</a>
                <a href=Route::Order(id.clone()).to_string() aria-current=current(!at_home) data-testid="to-order">
                    {move || app.text().order}
                </a>
            </div>
        </nav>
    }
}
