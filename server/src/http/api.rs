//! The routes and the `OpenAPI` document, made together. The types of a handler's arguments and answer say its right,
//! its parameters, its body and its answer. A row of `routes.rs` adds the address, an id and a title.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, post, put};
use gongxiang::wire::command::in_path;
use serde_json::Value;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::app::App;
use super::problem::Problem;

/// The name of the security scheme in the document.
pub const TOKEN: &str = "token";

/// Routes, and what the document says of them.
#[derive(Default)]
pub struct Api {
    router: Router<App>,
    paths: PathsBuilder,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Api {
    /// A route whose description is made by hand: a command's.
    pub fn route(
        mut self,
        method: HttpMethod,
        path: &'static str,
        id: &str,
        title: &str,
        route: MethodRouter<App>,
        describe: impl FnOnce(&mut Description),
    ) -> Self {
        let mut description = Description::new(id, title);
        description.operation.tags = Some(vec![tag(path).to_owned()]);
        description.path(path);
        describe(&mut description);
        // Otherwise a handler without a right would be open to everybody.
        assert!(description.has_right, "{path} has no right");
        if matches!(method, HttpMethod::Get) {
            description.response("304", "It has not changed", None);
        }
        self.router = self.router.route(path, route);
        self.paths = self.paths.path(path, PathItem::new(method, description.operation));
        for (name, schema) in description.schemas {
            // A test makes the document, so two of one name come no further.
            let known = self.schemas.get(&name).is_none_or(|known| *known == schema);
            debug_assert!(known, "two types are called {name}: the document would describe one of them wrongly");
            self.schemas.insert(name, schema);
        }
        self
    }

    /// Changes the routes so far.
    pub fn map(mut self, change: impl FnOnce(Router<App>) -> Router<App>) -> Self {
        self.router = change(self.router);
        self
    }

    pub fn into_router(self) -> Router<App> {
        self.router
    }

    pub fn into_document(mut self) -> (PathsBuilder, BTreeMap<String, RefOr<Schema>>) {
        let mut of_problems = vec![(Problem::name().into(), <Problem as PartialSchema>::schema())];
        Problem::schemas(&mut of_problems);
        self.schemas.extend(of_problems);
        (self.paths, self.schemas)
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident)*) => {
        impl Api {
            $($(#[$doc])*
            pub fn $name<T: 'static, H>(self, path: &'static str, id: &str, title: &str, handler: H) -> Self
            where
                H: Handler<T, App> + Described<T>,
            {
                self.route(HttpMethod::$method, path, id, title, $name(handler), H::describe)
            })*
        }
    };
}

methods! {
    /// A route that reads.
    get Get
    /// A route that does something or works something out.
    post Post
    /// A route that replaces something as a whole.
    put Put
    /// A route that ends something.
    delete Delete
}

/// What the document says of one route.
pub struct Description {
    operation: Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
    has_right: bool,
}

impl Description {
    fn new(id: &str, title: &str) -> Self {
        let operation = OperationBuilder::new().operation_id(Some(id)).summary(Some(title)).build();
        let mut description = Self { operation, schemas: Vec::new(), has_right: false };
        // Its schema is the largest of all, so the document adds it once.
        let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
        let problem = ResponseBuilder::new().description("A problem").content("application/problem+json", content);
        description.operation.responses.responses.insert("default".into(), problem.build().into());
        description
    }

    /// Adds the schemas to which a type's schema refers.
    pub fn parts<T: ToSchema>(&mut self) {
        T::schemas(&mut self.schemas);
    }

    /// Adds a type's schema to the document and returns a reference to it.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.parts::<T>();
        self.schemas.push((T::name().into(), T::schema()));
        Ref::from_schema_name(T::name()).into()
    }

    /// Adds a parameter.
    pub fn parameter(&mut self, name: &str, place: ParameterIn, required: bool, schema: RefOr<Schema>) {
        let required = if required { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema));
        self.operation.parameters.get_or_insert_default().push(parameter.build());
    }

    fn path(&mut self, path: &'static str) {
        for name in in_path(path) {
            let schema = match name {
                "day" => self.schema::<gongxiang::identity::Day>(),
                "number" => self.schema::<gongxiang::wire::profile::MemberNumber>(),
                _ => self.schema::<gongxiang::identity::Id>(),
            };
            self.parameter(name, ParameterIn::Path, true, schema);
        }
    }

    /// Sets the body, which may be left out unless it is required.
    pub fn body(&mut self, schema: RefOr<Schema>, required: bool) {
        let required = if required { Required::True } else { Required::False };
        let body =
            RequestBodyBuilder::new().content("application/json", Content::new(Some(schema))).required(Some(required));
        self.operation.request_body = Some(body.build());
    }

    /// Sets a body of bytes, in one of these media types.
    pub fn bytes_body(&mut self, media_types: &[&str]) {
        let mut body = RequestBodyBuilder::new().required(Some(Required::True));
        for media_type in media_types {
            body = body.content(*media_type, Content::new(Some(bytes_schema())));
        }
        self.operation.request_body = Some(body.build());
    }

    /// Adds an answer of bytes, in one of these media types.
    pub fn bytes_answer(&mut self, media_types: &[&str]) {
        let mut response = ResponseBuilder::new().description("The answer");
        for media_type in media_types {
            response = response.content(*media_type, Content::new(Some(bytes_schema())));
        }
        self.operation.responses.responses.insert("200".into(), response.build().into());
    }

    /// Adds an answer.
    pub fn response(&mut self, status: &str, what: &str, schema: Option<RefOr<Schema>>) {
        let mut response = ResponseBuilder::new().description(what);
        if let Some(schema) = schema {
            response = response.content("application/json", Content::new(Some(schema)));
        }
        self.operation.responses.responses.insert(status.into(), response.build().into());
    }

    /// Adds a media type to an answer that is there: the same in another form.
    pub fn or_text(&mut self, status: &str, media_type: &str) {
        if let Some(RefOr::T(response)) = self.operation.responses.responses.get_mut(status) {
            let text = schema(serde_json::json!({"type": "string"}));
            response.content.insert(media_type.into(), Content::new(Some(text)));
        }
    }

    /// The route needs a token, of these people.
    pub fn closed(&mut self, whom: &str) {
        self.has_right = true;
        self.say(&format!("For {whom}."));
        self.operation.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
    }

    /// The route needs no token.
    pub fn open(&mut self) {
        self.has_right = true;
        self.say("For everybody, with or without a token.");
        self.operation.security = Some(Vec::new());
    }

    /// Adds a sentence about the route.
    pub fn say(&mut self, sentence: &str) {
        let said = self.operation.description.get_or_insert_default();
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(sentence);
    }
}

/// An argument of a handler.
pub trait Input {
    fn describe(_: &mut Description) {}
}

/// What a handler answers with.
pub trait Output {
    fn describe(description: &mut Description);
}

/// A handler whose arguments and answer can be described.
pub trait Described<T> {
    fn describe(description: &mut Description);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<F, Answered, Kind, $($argument,)*> Described<(Kind, $($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answered,
            Answered: Future,
            Answered::Output: Output,
            $($argument: Input,)*
        {
            fn describe(description: &mut Description) {
                $($argument::describe(description);)*
                <Answered::Output as Output>::describe(description);
            }
        }
    };
}

described! { A }
described! { A B }
described! { A B C }
described! { A B C D }
described! { A B C D E }
described! { A B C D E G }

impl Input for State<App> {}

// The address describes it.
impl Input for axum::extract::Path<String> {}

impl Input for axum::extract::Path<(String, String)> {}

/// An argument whose error the handler returns later.
impl<T: Input> Input for Result<T, Problem> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

impl<T: Output> Output for Result<T, Problem> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// What a route is about: the parts of the document.
pub const TAGS: [(&str, &str); 12] = [
    ("Members", "Members, their accounts, statements and profiles."),
    ("Shops", "Shops, their counters, and applications to open one."),
    ("Orders", "Orders, their refunds, and what they would bring."),
    ("Points", "Transfers, redemptions, and the treasury."),
    ("Market", "Offers, trades and disputes."),
    ("Goods", "Goods for points and their vouchers."),
    ("Scheme", "The state of the scheme: days, prices, supply, reports."),
    ("Rules", "The rules in force, earlier ones, and new ones."),
    ("Journal", "Whole journals of events, and who did what."),
    ("Sign-in", "Sessions, passkeys, codes, staff and keys."),
    ("Notices", "What members and other systems are told."),
    ("Server", "Whether the server works."),
];

fn tag(path: &str) -> &'static str {
    let mut parts = path.trim_start_matches("/v1").split('/').skip(1);
    match (parts.next().unwrap_or_default(), path.rsplit('/').next().unwrap_or_default()) {
        (_, "subscriptions" | "notices") | ("subscriptions" | "consents" | "webhooks", _) => "Notices",
        (_, "enrolments" | "access" | "tokens")
        | ("session" | "sessions" | "passkeys" | "access" | "staff" | "keys", _) => "Sign-in",
        ("members" | "names" | "numbers" | "partners", _) => "Members",
        ("merchants" | "shops" | "applications" | "codes", _) => "Shops",
        ("orders" | "quotes" | "previews", _) => "Orders",
        ("transfers" | "redemptions" | "treasury" | "balances", _) => "Points",
        ("offers" | "trades" | "disputes", _) => "Market",
        ("goods" | "vouchers" | "voucher-codes" | "pictures" | "absorbed", _) => "Goods",
        ("rules" | "rulebook", _) => "Rules",
        ("events" | "actions" | "proposals", _) => "Journal",
        ("health", _) => "Server",
        _ => "Scheme",
    }
}

/// Bytes as they are.
fn bytes_schema() -> RefOr<Schema> {
    schema(serde_json::json!({"type": "string", "format": "binary"}))
}

/// A schema from JSON, for what is described by a table and not by a type.
pub fn schema(json: Value) -> RefOr<Schema> {
    // A test reads the whole document, so a wrong schema does not pass.
    serde_json::from_value(json).unwrap_or_else(|_| Schema::default().into())
}
