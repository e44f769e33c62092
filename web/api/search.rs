//! `GET /api/v1/search`: what the search page shows.

use axum::Json;
use axum::extract::State as Given;
use index::answer::{Answer, Order, Window};
use index::query;
use utoipa::IntoParams;

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::state::State;

/// Results at most in one answer.
const LARGEST: u32 = 100;

/// Results that may be passed over.
const DEEPEST: u32 = 10_000;

/// What can be asked.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read leniently from the address")]
struct Parameters {
    /// The query, as it is typed on the search page; empty finds everything.
    q: Option<String>,
    /// Results to pass over, at most 10,000.
    from: Option<u32>,
    /// Results to return, 1 to 100; 10 unless told.
    size: Option<u32>,
    /// `relevance`, `newest` or `oldest`.
    order: Option<String>,
    /// `false` to have each entry by itself, not joined with those that share an identifier.
    grouped: Option<bool>,
}

/// Entries that match a query.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "search", params(Parameters),
    responses(
        (status = 200, description = "Results, how they spread, and how the query was understood", body = ref("#/components/schemas/Answer")),
        (status = 400, description = "The query cannot be read; `start` and `end` say where", body = Problem),
    )
)]
pub(crate) async fn find(Given(state): Given<State>, asked: Asked) -> Result<Json<Answer>, Problem> {
    let query = query::parse(asked.first("q").unwrap_or_default())?;
    Ok(Json(state.knowledge.search(&query, &window(&asked)?).await?))
}

fn window(asked: &Asked) -> Result<Window, Problem> {
    let number = |name, otherwise, least, most| match asked.first(name) {
        None => Ok(otherwise),
        Some(_) => asked
            .number(name)
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| Problem::wrong(&format!("{name} is a number from {least} to {most}"))),
    };
    let order = match asked.first("order") {
        None | Some("relevance") => Order::Relevance,
        Some("newest") => Order::Newest,
        Some("oldest") => Order::Oldest,
        Some(_) => return Err(Problem::wrong("order is one of relevance, newest, oldest")),
    };
    let grouped = match asked.first("grouped") {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(Problem::wrong("grouped is true or false")),
    };
    Ok(Window {
        from: number("from", 0, 0, DEEPEST)? as usize,
        size: number("size", 10, 1, LARGEST)? as usize,
        order,
        grouped,
        ..Window::default()
    })
}

#[cfg(test)]
mod tests {
    use super::window;
    use crate::asked::Asked;

    #[test]
    fn programs_are_told_what_is_wrong() {
        let check = |query, well| assert_eq!(window(&Asked::read(query)).is_ok(), well, "{query}");
        check("", true);
        check("from=10&size=100&order=oldest&grouped=false", true);
        check("size=0", false);
        check("size=101", false);
        check("from=-1", false);
        check("order=best", false);
        check("grouped=yes", false);
    }
}
