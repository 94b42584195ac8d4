//! The account: how the member signs in. It lists passkeys, sessions, codes for other devices, and `WeChat` accounts.

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::{fault, invite, members, notices};
use crate::access::{self, Access, OpenCode, OpenSession, StoredPasskey, WeChatAccount};
use crate::api::{self, Fault, Session};
use crate::passkey;
use crate::route::Route;
use crate::state::App;
use crate::text::{Words, account as t};
use crate::ui;

/// What the parts of the screen share.
#[derive(Clone, Copy)]
struct Screen {
    app: App,
    failed: RwSignal<Option<Fault>>,
    /// The code that was just made: the server shows it once.
    made: RwSignal<Option<String>>,
    /// What the member is asked about before it is ended; its address.
    asks: RwSignal<Option<String>>,
}

pub fn screen(app: App, member: &Id, session: &Session) -> AnyView {
    let screen = Screen { app, failed: RwSignal::default(), made: RwSignal::default(), asks: RwSignal::default() };
    view! {
        <section class="member">
            <h1>{app.say(t::ACCOUNT)}</h1>
            <p class="who" data-testid="member">{member.to_string()}</p>
        </section>
        {members::signing_out(app, session, false)}
        <p class="error" role="status" data-testid="account-error">
            {move || screen.failed.get().map(|fault| fault::line(app.lang(), &fault))}
        </p>
        {asked(app, access::all, move |access| screen.shown(access))}
    }
    .into_any()
}

impl Screen {
    /// Does something, and asks for the list again.
    fn act(self, act: impl Future<Output = Result<(), Fault>> + 'static) {
        let act: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(act);
        self.act_boxed(act);
    }

    fn act_boxed(self, act: std::pin::Pin<Box<dyn Future<Output = Result<(), Fault>>>>) {
        spawn_local(async move {
            let failed = act.await.err();
            // What was ended may be this session.
            if matches!(failed, None | Some(Fault::Status { status: 401, .. })) {
                self.app.ask_session();
            }
            self.failed.set(failed);
            self.asks.set(None);
            self.app.changed();
        });
    }

    fn shown(self, access: Access) -> AnyView {
        let Access { sessions, codes, passkeys, wechat } = access;
        let has_others = sessions.len() > 1 || !codes.is_empty();
        view! {
            {self.passkeys(passkeys)}
            {self.sessions(sessions, has_others)}
            {self.codes(codes)}
            {self.wechat(wechat)}
        }
        .into_any()
    }

    fn passkeys(self, passkeys: Vec<StoredPasskey>) -> AnyView {
        let app = self.app;
        let offered =
            app.session.with(|session| session.as_ref().is_some_and(Session::has_passkeys)) && passkey::supported();
        let rows: Vec<_> = passkeys.into_iter().map(|passkey| self.passkey(passkey)).collect();
        view! {
            <section class="card form" data-testid="passkeys">
                {ui::heading(app, t::PASSKEYS)}
                {ui::note(app, if rows.is_empty() { t::PASSKEYS_NONE } else { t::PASSKEYS_NOTE })}
                <ul class="access">{rows}</ul>
                {offered.then(|| ui::button(app, "secondary", "add-passkey", t::ADD_PASSKEY, move |_| self.act(passkey::add())))}
            </section>
        }
        .into_any()
    }

    fn passkey(self, passkey: StoredPasskey) -> AnyView {
        let StoredPasskey { id, name, made, used } = passkey;
        let app = self.app;
        let path = format!("/v1/passkeys/{id}");
        let to = format!("{path}/name");
        let rename = move |event: leptos::ev::Event| {
            let (to, name) = (to.clone(), event_target_value(&event));
            // The list is not drawn again: the focus would be lost.
            spawn_local(async move { self.failed.set(access::name_passkey(&to, &name).await.err()) });
        };
        view! {
            <li>
                <div>
                    <input class="name" data-testid="passkey-name" maxlength="40" autocomplete="off" aria-label=app.say(t::NAME)
                        placeholder=app.say(t::NAME_HINT) prop:value=name on:change=rename />
                    <p class="note">
                        {self.time(t::ADDED, made)} {used.map(|used| view! { " · " {self.time(t::USED, used)} }.into_any())}
                    </p>
                </div>
                {self.ending("remove-passkey", t::REMOVE, path, true)}
            </li>
        }
        .into_any()
    }

    fn sessions(self, sessions: Vec<OpenSession>, has_others: bool) -> AnyView {
        let app = self.app;
        let rows: Vec<_> = sessions.into_iter().map(|session| self.session(session)).collect();
        view! {
            <section class="card form" data-testid="sessions">
                {ui::heading(app, t::SESSIONS)}
                {ui::note(app, t::SESSIONS_NOTE)}
                <ul class="access">{rows}</ul>
                {has_others.then(|| self.ending("end-others", t::END_OTHERS, "/v1/access/sessions".to_owned(), true))}
            </section>
        }
        .into_any()
    }

    fn session(self, session: OpenSession) -> AnyView {
        let app = self.app;
        let OpenSession { id, current, made, seen, way, device } = session;
        let end = (!current).then(|| self.ending("end-session", t::END, format!("/v1/access/sessions/{id}"), false));
        view! {
            <li data-testid="session" data-current=current.to_string()>
                <div>
                    <b>{app.say(t::device(&device))}</b> " · " {app.say(t::way(&way))}
                    {current.then(|| view! { " " <span class="tag">{app.say(t::THIS_DEVICE)}</span> }.into_any())}
                    <p class="note">{self.time(t::SINCE, made)} " · " {self.time(t::SEEN, seen)}</p>
                </div>
                {end}
            </li>
        }
        .into_any()
    }

    fn codes(self, codes: Vec<OpenCode>) -> AnyView {
        let app = self.app;
        let rows: Vec<_> = codes
            .into_iter()
            .map(|OpenCode { id, made, expires, session }| {
                let by = if session.is_some() { t::MADE } else { t::MADE_BY_OPERATOR };
                view! {
                    <li data-testid="code">
                        <p class="note">{self.time(by, made)} " · " {self.time(t::UNTIL, expires)}</p>
                        {self.ending("end-code", t::END_CODE, format!("/v1/access/codes/{id}"), false)}
                    </li>
                }
                .into_any()
            })
            .collect();
        let make = move |_| {
            self.act(async move {
                let Some(member) = app.session.with_untracked(|it| it.as_ref()?.member.clone()) else { return Ok(()) };
                let code = passkey::with_passkey(async || access::make_code(&member).await).await?;
                self.made.set(Some(code));
                Ok(())
            });
        };
        view! {
            <section class="card form" data-testid="codes">
                {ui::heading(app, t::OTHER_DEVICE)}
                {ui::note(app, t::CODE_NOTE)}
                {move || self.made.get().map(|code| code_card(app, &code))}
                <ul class="access">{rows}</ul>
                {ui::button(app, "secondary", "make-code", t::MAKE_CODE, make)}
            </section>
        }
        .into_any()
    }

    fn wechat(self, accounts: Vec<WeChatAccount>) -> AnyView {
        let app = self.app;
        let offered =
            app.session.with(|session| session.as_ref().is_some_and(|it| it.ways.iter().any(|way| way == "wechat")));
        if accounts.is_empty() && !offered {
            return ().into_any();
        }
        let rows: Vec<_> = accounts
            .into_iter()
            .map(|WeChatAccount { id, made }| {
                view! {
                    <li data-testid="wechat-account">
                        <div>
                            <b>{app.say(t::WECHAT)}</b>
                            {made.map(|made| view! { <p class="note">{self.time(t::BOUND, made)}</p> }.into_any())}
                        </div>
                        {self.ending("unbind", t::UNBIND, format!("/v1/access/wechat/{id}"), true)}
                    </li>
                }
                .into_any()
            })
            .collect();
        view! {
            <section class="card form" data-testid="wechat">
                {ui::heading(app, t::WECHAT)}
                {ui::note(app, t::WECHAT_NOTE)}
                <ul class="access">{rows}</ul>
            </section>
        }
        .into_any()
    }

    /// A button that ends something at an address of the server. If it `asks`, the first click asks, and the second one ends it.
    fn ending(self, id: &'static str, words: Words, path: String, asks: bool) -> AnyView {
        let app = self.app;
        let to = path.clone();
        let is_asked = move || self.asks.with(|asked| asked.as_ref() == Some(&path));
        let end = {
            let is_asked = is_asked.clone();
            move |_| {
                let to = to.clone();
                if asks && !untrack(&is_asked) {
                    self.asks.set(Some(to));
                } else {
                    // Removing a passkey asks for one, unless this session ends with it.
                    self.act(async move { passkey::with_passkey(async || api::end(&to).await).await });
                }
            }
        };
        view! {
            <button type="button" class="secondary" data-testid=id on:click=end>
                {move || if is_asked() { t::SURE } else { words }.of(app.lang())}
            </button>
        }
        .into_any()
    }

    fn time(self, words: Words, seconds: u64) -> AnyView {
        let app = self.app;
        view! { {app.say(words)} " " <time>{move || notices::local_seconds(app, seconds)}</time> }.into_any()
    }
}

/// The new code as text, as a link, and as a QR code of the link.
fn code_card(app: App, code: &str) -> AnyView {
    let link = invite::address_of(&Route::Enrol(code.to_owned()));
    view! {
        <div class="invite" data-testid="new-code" data-code=code.to_owned()>
            {invite::qr(app, &link)}
            <div class="field">
                <label for="code-link">{app.say(t::CODE_LINK)}</label>
                <input id="code-link" readonly prop:value=link.clone() />
            </div>
            <div class="field">
                <label for="code-text">{app.say(t::CODE)}</label>
                <input id="code-text" readonly prop:value=code.to_owned() />
            </div>
            {ui::note(app, t::CODE_SECRET)}
        </div>
    }
    .into_any()
}
