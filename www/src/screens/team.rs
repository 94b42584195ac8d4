//! A member's team: its role and the next one, how many members are below it, what they bought by month and level, and
//! the members that it brought itself.

use gongxiang::identity::Id;
use gongxiang::quantity::{Money, Points, ShareValue};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::{asked, member_bar};
use super::named;
use crate::figure::{grouped, money, number, percent};
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::team::{self, Month, PAGE, RoleTerms, Team, TeamMember};
use crate::text::{self, frame, team as t};
use crate::ui::{self, Series};

/// Within so many levels a ring is drawn for each.
const RINGS: usize = 5;

pub fn screen(app: App, id: Id) -> AnyView {
    let (of_team, of_members) = (id.clone(), id.clone());
    let load = move || {
        let (team_of, members_of) = (of_team.clone(), of_members.clone());
        async move {
            let team = team::team(&team_of).await?;
            let members = team::members(&members_of, None).await?;
            Ok((app.took(team), members))
        }
    };
    view! {
        {member_bar(app, &id, t::TEAM)}
        {asked(app, load, move |(team, members)| shown(app, &id, &team, members))}
    }
    .into_any()
}

fn shown(app: App, id: &Id, team: &Team, members: Vec<TeamMember>) -> AnyView {
    let invite = Route::Member(id.clone(), MemberScreen::Invite).to_string();
    let is_empty = members.is_empty();
    view! {
        {roles(app, team)}
        {is_empty.then(|| view! {
            <section class="card">
                {ui::empty(app, "no-team", t::NO_TEAM)}
                <a class="secondary" href=invite data-testid="team-invite">{app.say(t::INVITE)}</a>
            </section>
        }.into_any())}
        {(!is_empty).then(|| view! {
            {levels(app, team)}
            {months(app, &team.months)}
            {direct(app, id.clone(), members)}
        }.into_any())}
    }
    .into_any()
}

/// The role with its rates, and the next one.
fn roles(app: App, team: &Team) -> AnyView {
    let terms = |terms: &RoleTerms| {
        let role = terms.role.clone();
        view! {
            <b>{move || text::role(app.lang(), &role)}</b>
            <span class="note">
                {percent(terms.share_value_rate)} " " {app.say(t::ONLINE_RATE)} " · "
                {percent(terms.points_rate)} " " {app.say(t::OFFLINE_RATE)}
            </span>
        }
        .into_any()
    };
    let own = team.role.as_ref().map_or_else(|| view! { {app.say(t::NO_ROLE)} }.into_any(), terms);
    let next = team.next.as_ref().map(|next| {
        view! { <div data-testid="next-role"><dt>{app.say(t::NEXT)}</dt><dd>{terms(next)}</dd></div> }.into_any()
    });
    view! {
        <section class="card">
            <dl class="sums roles">
                <div data-testid="own-role"><dt>{app.say(t::MY_ROLE)}</dt><dd>{own}</dd></div>
                {next}
            </dl>
        </section>
    }
    .into_any()
}

/// How many members are below, as rings: the innermost is level 1.
fn levels(app: App, team: &Team) -> AnyView {
    let all: i64 = team.levels.iter().map(|level| level.members).sum();
    let active: i64 = team.levels.iter().map(|level| level.activated).sum();
    let most = team.levels.iter().map(|level| level.members).max().unwrap_or(1).max(1);
    let ring = |(at, level): (usize, &team::Level)| {
        let radius = 14 + at * 9;
        // In thousandths of the ring's length; a level with somebody shows at least a dot.
        let part = (level.members.saturating_mul(1_000) / most).clamp(i64::from(level.members > 0) * 8, 1_000);
        view! {
            <circle class="track" cx="64" cy="64" r=radius.to_string()></circle>
            <circle class="part" cx="64" cy="64" r=radius.to_string() pathLength="1000"
                stroke-dasharray=format!("{part} 1000")></circle>
        }
        .into_any()
    };
    let line = |level: &team::Level| {
        let (members, activated) = (grouped(&level.members.to_string()), grouped(&level.activated.to_string()));
        view! {
            <div data-testid="team-level" data-level=level.number.to_string() data-members=level.members.to_string()>
                <dt>{named_level(app, level.number)}</dt>
                <dd>{members} " " <small>{activated} " " {app.say(t::ACTIVE)}</small></dd>
            </div>
        }
        .into_any()
    };
    let label = format!("{}: {all}", t::MEMBERS.of(app.lang()));
    view! {
        <section class="card team" data-testid="team-size" data-members=all.to_string()>
            <h2>{app.say(t::MEMBERS)} " " {grouped(&all.to_string())} " " <small>{grouped(&active.to_string())} " " {app.say(t::ACTIVE)}</small></h2>
            <div class="rings">
                <svg viewBox="0 0 128 128" role="img" aria-label=label>
                    {team.levels.iter().take(RINGS).enumerate().map(ring).collect::<Vec<_>>()}
                </svg>
                <dl class="sums">{team.levels.iter().map(line).collect::<Vec<_>>()}</dl>
            </div>
        </section>
    }
    .into_any()
}

/// The last level that the server tells apart stands for all below it.
fn named_level(app: App, level: u32) -> AnyView {
    const LAST: u32 = 10;
    let words = if level == LAST { t::AND_BELOW } else { t::LEVEL };
    view! { {level.to_string()} " " {app.say(words)} }.into_any()
}

/// What a month's orders of the team came to.
fn turnover(month: &Month) -> Money {
    month.levels.iter().fold(Money::default(), |sum, level| sum.plus(level.concession).unwrap_or(sum))
}

fn months(app: App, months: &[Month]) -> AnyView {
    let Some(last) = months.last() else { return ().into_any() };
    // A bar stands at the first day of its month.
    let along: Vec<_> = months.iter().map(|month| format!("{}-01", month.name)).collect();
    let values: Vec<_> = months.iter().map(|month| turnover(month).to_string()).collect();
    let chart = move || {
        let name = t::TURNOVER.of(app.lang());
        let summary = format!("{}: {}", t::BY_MONTH.of(app.lang()), values.join(", "));
        ui::month_bars("team-months", summary, &along, Series { name, values: values.clone() })
    };
    let level = |line: &team::LevelTrade| {
        view! {
            <tr data-testid="month-level" data-level=line.level.to_string() data-concession=line.concession.to_string()>
                <th scope="row">{named_level(app, line.level)}</th>
                <td>{grouped(&line.orders.to_string())} " " <small>{app.say(t::ORDERS)}</small></td>
                <td>{ui::amount(app, money(line.concession), frame::YUAN)}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <section class="card" data-testid="team-month" data-month=last.name.clone()>
            <h2>{app.say(t::TURNOVER)} " " <time>{last.name.clone()}</time></h2>
            <p class="mid" data-testid="team-turnover" data-value=turnover(last).to_string()>
                {ui::amount(app, money(turnover(last)), frame::YUAN)}
            </p>
            <dl class="sums">
                <div data-testid="team-brought" data-value=last.share_value.to_string()>
                    <dt>{app.say(t::BROUGHT)}</dt>
                    <dd>{brought(app, last.share_value, last.points)}</dd>
                </div>
            </dl>
            <table class="levels"><tbody>{last.levels.iter().map(level).collect::<Vec<_>>()}</tbody></table>
            {ui::heading(app, t::BY_MONTH)}
            {move || chart()}
        </section>
    }
    .into_any()
}

/// Share value and points, whichever there is.
fn brought(app: App, share_value: ShareValue, points: Points) -> AnyView {
    let value =
        (share_value.is_positive() || points.is_zero()).then(|| ui::amount(app, number(&share_value), t::SHARE_VALUE));
    let between = (share_value.is_positive() && points.is_positive()).then_some(" + ");
    let points = points.is_positive().then(|| ui::amount(app, number(&points), t::POINTS));
    view! { {value} {between} {points} }.into_any()
}

/// Those whom the member brought, a page at a time.
fn direct(app: App, id: Id, first: Vec<TeamMember>) -> AnyView {
    let has_more = RwSignal::new(first.len() == PAGE);
    let members = RwSignal::new(first);
    let more = move |_| {
        let id = id.clone();
        let last = members.with_untracked(|members| members.last().map(|member| member.member.clone()));
        spawn_local(async move {
            match team::members(&id, last.as_ref()).await {
                Ok(page) => {
                    has_more.set(page.len() == PAGE);
                    members.update(|members| members.extend(page));
                }
                // The button stays, and asks again.
                Err(_) => has_more.set(true),
            }
        });
    };
    let line = move |member: &TeamMember| {
        let is_active = member.activated;
        view! {
            <li class="entry" data-testid="direct-member" data-member=member.member.to_string()>
                <p class="head">
                    <span class="what">{named::member(app, &member.member)}</span>
                    <span class="gets">{brought(app, member.share_value, member.points)}</span>
                </p>
                <p class="foot">
                    {member.since.map(|since| view! { <span>{app.say(t::SINCE)} " " <time>{since.to_string()}</time></span> }.into_any())}
                    <span>{app.say(if is_active { t::ACTIVE } else { t::NOT_ACTIVE })}</span>
                </p>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="card" data-testid="direct">
            {ui::heading(app, t::DIRECT)}
            {ui::note(app, t::SEEN)}
            <ul class="entries">{move || members.with(|members| members.iter().map(line).collect::<Vec<_>>())}</ul>
            {move || has_more.get().then(|| ui::button(app, "secondary", "more-members", t::MORE, more.clone()))}
        </section>
    }
    .into_any()
}
