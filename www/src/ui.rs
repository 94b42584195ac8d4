//! Small parts that several screens share.

use gongxiang::quantity::{DecimalError, Money};
use gongxiang::receipt::Class;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::figure::{grouped, money, number};
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{self, Words, frame as t, summary::DETAILS};

/// What is wrong with a field; `None` if nothing is.
pub type FieldError = Memo<Option<String>>;

/// The title of a screen, and a sentence about it.
pub fn intro(app: App, title: Words, note: Words) -> AnyView {
    view! {
        <section class="intro">
            <h1>{app.say(title)}</h1>
            <p>{app.say(note)}</p>
        </section>
    }
    .into_any()
}

pub fn heading(app: App, words: Words) -> AnyView {
    view! { <h2>{app.say(words)}</h2> }.into_any()
}

pub fn note(app: App, words: Words) -> AnyView {
    view! { <p class="note">{app.say(words)}</p> }.into_any()
}

/// The head of a table's column.
pub fn column(app: App, words: Words) -> AnyView {
    view! { <th scope="col">{app.say(words)}</th> }.into_any()
}

/// A table; `name` is its class and its `data-testid`.
pub fn table(app: App, name: &'static str, columns: &[Words], rows: Vec<AnyView>) -> AnyView {
    let columns: Vec<_> = columns.iter().map(|words| column(app, *words)).collect();
    view! { <table class=name data-testid=name><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table> }
        .into_any()
}

/// A card with one figure: its title, the figure as `shown`, and a note. `id` and `value` are for tests.
pub fn figure_card(
    app: App,
    title: Words,
    id: &'static str,
    value: &dyn ToString,
    shown: AnyView,
    note: AnyView,
) -> AnyView {
    view! {
        <article class="card">
            {heading(app, title)}
            <p class="mid" data-testid=id data-value=value.to_string()>{shown}</p>
            {note}
        </article>
    }
    .into_any()
}

/// The tag of a class of income.
pub fn class_tag(app: App, class: Class) -> AnyView {
    let name = class.as_str();
    view! { <span class=format!("tag class-{name}")>{move || text::class(app.lang(), class)}</span> }.into_any()
}

/// A number and its unit.
pub fn amount(app: App, number: AnyView, unit: Words) -> AnyView {
    view! { {number} " " <small class="unit">{app.say(unit)}</small> }.into_any()
}

/// A button that does not submit a form.
pub fn button(
    app: App,
    class: &'static str,
    id: &'static str,
    words: Words,
    act: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    let act: Box<dyn FnMut(MouseEvent)> = Box::new(act);
    boxed_button(app, class, id, words, act)
}

fn boxed_button(
    app: App,
    class: &'static str,
    id: &'static str,
    words: Words,
    act: Box<dyn FnMut(MouseEvent)>,
) -> AnyView {
    view! { <button type="button" class=class data-testid=id on:click=act>{app.say(words)}</button> }.into_any()
}

/// A text field that is checked on every key. It shows an error, or how a number was read if that is not obvious.
pub fn field(
    app: App,
    name: &'static str,
    label: Words,
    keyboard: &'static str,
    value: RwSignal<String>,
    error: FieldError,
) -> AnyView {
    let (error_id, hint_id) = (format!("{name}-error"), format!("{name}-hint"));
    let is_number = keyboard == "decimal";
    let understood = move || {
        let plain = is_number.then(|| input::understood(&value.read())).flatten()?;
        error.read().is_none().then(|| format!("{} {}", app.say(t::UNDERSTOOD)(), grouped(&plain)))
    };
    view! {
        <div class="field">
            <label for=name>{app.say(label)}</label>
            <input id=name data-testid=name inputmode=keyboard autocomplete="off" autocapitalize="off"
                spellcheck="false" prop:value=move || value.get() aria-invalid=move || error.read().is_some().to_string()
                aria-describedby=format!("{error_id} {hint_id}")
                on:input=move |event| value.set(event_target_value(&event)) />
            <p class="hint" id=hint_id.clone() data-testid=hint_id>{move || understood()}</p>
            <p class="error" id=error_id.clone() data-testid=error_id aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}

/// A place by its name instead of its six digits, once the names are loaded (`regions.js`).
pub fn place(app: App, code: &str) -> AnyView {
    view! { <GX-PLACE data-code=code.to_owned() lang=move || app.lang().tag()>{code.to_owned()}</GX-PLACE> }.into_any()
}

/// A picker of places that types into the field with this id (`regions.js`).
pub fn regions(app: App, field: &'static str) -> AnyView {
    view! { <GX-REGIONS data-for=field lang=move || app.lang().tag()></GX-REGIONS> }.into_any()
}

/// The error of a number field; `None` while it is empty.
pub fn number_error<T>(app: App, typed: RwSignal<String>, parse: fn(&str) -> Result<T, DecimalError>) -> FieldError
where
    T: 'static,
{
    memo(move || {
        let typed = typed.read();
        if typed.trim().is_empty() {
            return None;
        }
        input::read(&typed, parse).err().map(|error| input::error_words(error).of(app.lang()).to_owned())
    })
}

/// The error of an id field; `None` while it is empty.
pub fn id_error(app: App, typed: RwSignal<String>) -> FieldError {
    memo(move || {
        let typed = typed.read();
        let bad = !typed.trim().is_empty() && gongxiang::identity::Id::parse(typed.trim()).is_none();
        bad.then(|| text::calculator::ID_BAD.of(app.lang()).to_owned())
    })
}

/// The error of a field for a region; `None` while it is empty.
pub fn region_error(app: App, region: RwSignal<String>) -> FieldError {
    memo(move || {
        let typed = region.read();
        let bad = !typed.trim().is_empty() && gongxiang::identity::Region::parse(typed.trim()).is_none();
        bad.then(|| text::calculator::REGION_BAD.of(app.lang()).to_owned())
    })
}

/// A choice: its value, `data-testid` and label.
pub type Choice<T> = (T, &'static str, Words);

/// A group of toggle buttons of which one is pressed.
pub fn segments<T>(app: App, value: RwSignal<T>, label: Words, choices: Vec<Choice<T>>) -> AnyView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let button = move |(this, name, words): Choice<T>| {
        view! {
            <button type="button" data-testid=name aria-pressed=move || (value.get() == this).to_string()
                on:click=move |_| value.set(this)>
                {app.say(words)}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="segments" role="group" aria-label=app.say(label)>
            {choices.into_iter().map(button).collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

/// A slider for a whole number. `bounds` are minimum, maximum and step.
pub fn slider(
    app: App,
    name: &'static str,
    label: Words,
    value: RwSignal<i64>,
    bounds: (i64, i64, i64),
    shown: fn(i64) -> String,
) -> AnyView {
    let (min, max, step) = bounds;
    view! {
        <div class="slider">
            <label for=name>{app.say(label)}</label>
            <output for=name>{move || shown(value.get())}</output>
            <input type="range" id=name data-testid=name min=min.to_string() max=max.to_string() step=step.to_string()
                prop:value=move || value.get().to_string() aria-valuetext=move || shown(value.get())
                on:input:target=move |event| {
                    if let Ok(moved) = event.target().value().parse() {
                        value.set(moved);
                    }
                } />
        </div>
    }
    .into_any()
}

pub fn figure(app: App, name: Words, id: &'static str, value: &dyn ToString, unit: Option<Words>) -> AnyView {
    let shown = match unit {
        Some(unit) => amount(app, number(value), unit),
        None => number(value),
    };
    figure_as(app, name, id, value, shown)
}

/// A sum in yuan, with its two places.
pub fn sum(app: App, name: Words, id: &'static str, value: Money) -> AnyView {
    figure_as(app, name, id, &value, amount(app, money(value), t::YUAN))
}

/// A figure that is shown in a form of its own.
pub fn figure_as(app: App, name: Words, id: &'static str, value: &dyn ToString, shown: AnyView) -> AnyView {
    view! { <div data-testid=id data-value=value.to_string()><dt>{app.say(name)}</dt><dd>{shown}</dd></div> }.into_any()
}

/// A row of a list of names and texts.
pub fn text_row(app: App, name: Words, text: String) -> AnyView {
    view! { <div><dt>{app.say(name)}</dt><dd><bdi>{text}</bdi></dd></div> }.into_any()
}

/// A line of a chart.
pub struct Series {
    /// Written into JSON without escapes, so it must be one of our own texts.
    pub name: &'static str,
    /// Decimals, one for each label of the axis.
    pub values: Vec<String>,
}

/// Single points beside a line: an empty value where there is none.
pub struct Marks {
    pub series: Series,
    /// What each says, where that is another number than its place; empty if it is the same for all.
    pub says: Vec<String>,
}

/// A chart, drawn by the custom element of `chart.js`. `summary` is its text alternative.
/// `along` are the labels of the axis: days (`2026-01-31`) or numbers.
pub fn chart(id: &'static str, summary: String, along: &[String], series: &[Series]) -> AnyView {
    drawn(id, summary, along, series, &[], "false")
}

/// A line with single points beside it.
pub fn marked_chart(id: &'static str, summary: String, along: &[String], line: Series, marks: &[Marks]) -> AnyView {
    drawn(id, summary, along, &[line], marks, "false")
}

/// A bar for each day.
pub fn bars(id: &'static str, summary: String, days: &[String], series: Series) -> AnyView {
    drawn(id, summary, days, &[series], &[], "true")
}

/// A bar for each month, at its first day.
pub fn month_bars(id: &'static str, summary: String, months: &[String], series: Series) -> AnyView {
    drawn(id, summary, months, &[series], &[], "\"month\"")
}

fn drawn(
    id: &'static str,
    summary: String,
    along: &[String],
    lines: &[Series],
    marks: &[Marks],
    bars: &str,
) -> AnyView {
    const SILENT: &[String] = &[];
    let quoted = |texts: &[String]| serde_json::to_string(texts).unwrap_or_default();
    let lines = lines.iter().map(|line| (line, false, SILENT));
    let all = lines.chain(marks.iter().map(|Marks { series, says }| (series, true, &says[..])));
    let lines: Vec<_> = all
        .map(|(Series { name, values }, is_marks, says)| {
            let says = if says.is_empty() { String::new() } else { format!(",\"says\":{}", quoted(says)) };
            format!("{{\"name\":\"{name}\",\"values\":{},\"marks\":{is_marks}{says}}}", quoted(values))
        })
        .collect();
    let data = format!("{{\"along\":{},\"series\":[{}],\"bars\":{bars}}}", quoted(along), lines.join(","));
    // In capitals like `tagName`: leptos updates an element in place only if the names are equal.
    view! { <GX-CHART role="group" data-testid=id aria-label=summary data-chart=data></GX-CHART> }.into_any()
}

/// Placeholder while something loads.
pub fn skeleton(app: App) -> AnyView {
    view! {
        <div class="skeleton" role="status" data-testid="loading">
            <span class="hidden">{app.say(t::LOADING)}</span>
            <i></i><i></i><i></i>
        </div>
    }
    .into_any()
}

/// The notice beside every preview while the figures are in doubt.
pub fn not_final(app: App) -> AnyView {
    view! {
        {move || app.doubted.get().then(|| view! {
            <p class="notice bad" role="status" data-testid="not-final">
                <b>{app.say(t::NOT_FINAL)}</b> " " {app.say(t::NOT_FINAL_NOTE)}
            </p>
        }.into_any())}
    }
    .into_any()
}

/// The code of what went wrong, folded: it is for whoever is asked for help. Nothing if there is none.
pub fn code(app: App, code: String) -> AnyView {
    if code.is_empty() {
        return ().into_any();
    }
    view! {
        <details class="basis" data-testid="error-code">
            <summary>{app.say(DETAILS)}</summary>
            <code>{code}</code>
        </details>
    }
    .into_any()
}

/// A sentence in place of missing content.
pub fn empty(app: App, id: &'static str, words: Words) -> AnyView {
    view! { <p class="empty" data-testid=id>{app.say(words)}</p> }.into_any()
}
