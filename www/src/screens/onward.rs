//! Which screen comes after signing in.

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Fault};
use crate::passkey::Holder;
use crate::route::{self, Desk, MemberScreen, Route};
use crate::state::App;

/// Signs in, and goes to the member's account or to the desk of the staff, or shows why signing in failed.
pub fn follow(
    app: App,
    sign_in: impl Future<Output = Result<Holder, Fault>> + 'static,
    failed: RwSignal<Option<Fault>>,
) {
    spawn_local(async move {
        app.signs_in();
        match sign_in.await {
            Ok(Holder { member }) => {
                app.signed_in().await;
                let home = app.session.with_untracked(|session| session.as_ref()?.home());
                route::go(&match member {
                    Some(member) => route::onward(&member, home),
                    None => home.unwrap_or(Route::Operator(Desk::Overview)),
                });
            }
            Err(fault) => {
                app.ask_session();
                failed.set(Some(fault));
            }
        }
    });
}

/// Signs in as a member of a demo, and goes to this screen, or to the one that asked to sign in.
pub fn enter(app: App, id: Id, screen: Route) {
    spawn_local(async move {
        app.signs_in();
        // If there is no such member, its screen says so.
        let _ = api::sign_in_to_demo("member", &id).await;
        app.signed_in().await;
        let onward = route::onward(&id, None);
        let is_home = matches!(onward, Route::Member(_, MemberScreen::Home));
        route::go(if is_home { &screen } else { &onward });
    });
}
