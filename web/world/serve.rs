//! The world on real HTTP: a listener for each host, on loopback addresses only.
//!
//! Answers come from the value behind a lock, so that an edit is seen by the next request. Reads no clock and writes
//! no file; what was asked is kept in order.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::world::World;
use crate::world::answer::{Answer, Body, TEXT};
use crate::world::base::{Bases, Host};
use crate::world::moment;

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which host was asked.
    pub host: Host,
    /// The method, such as `GET`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

/// A world that answers, until it is stopped or dropped.
pub struct Served {
    /// Where Halvard's site listens; the other hosts have ports of their own, see [`Served::base`].
    pub address: SocketAddr,
    bases: Bases,
    shared: Arc<Shared>,
    end: watch::Sender<bool>,
    listeners: JoinSet<std::io::Result<()>>,
}

struct Shared {
    world: Mutex<World>,
    asked: Mutex<Vec<Asked>>,
}

#[derive(Clone)]
struct Place {
    host: Host,
    bases: Arc<Bases>,
    shared: Arc<Shared>,
}

/// Serves a world on ports that the system chooses.
///
/// # Errors
/// When a port on loopback cannot be had.
pub async fn serve(world: World) -> std::io::Result<Served> {
    let mut bound = Vec::new();
    for host in [Host::Halvard, Host::Community, Host::Orrin] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        bound.push((host, listener, address));
    }
    let base = |wanted| {
        let address = bound.iter().find(|(host, ..)| *host == wanted).map(|(.., address)| *address);
        address.ok_or_else(|| std::io::Error::other("a host without a listener"))
    };
    let address = base(Host::Halvard)?;
    let bases = Bases {
        halvard: format!("http://{address}"),
        community: format!("http://{}", base(Host::Community)?),
        orrin: format!("http://{}", base(Host::Orrin)?),
    };
    let shared = Arc::new(Shared { world: Mutex::new(world), asked: Mutex::default() });
    let (end, ended) = watch::channel(false);
    let mut listeners = JoinSet::new();
    for (host, listener, _) in bound {
        let place = Place { host, bases: Arc::new(bases.clone()), shared: Arc::clone(&shared) };
        let router = Router::new().fallback(respond).with_state(place);
        let mut ended = ended.clone();
        listeners.spawn(async move {
            // An error here means that the sender is gone, which is an end as well.
            let until = async move { drop(ended.wait_for(|over| *over).await) };
            axum::serve(listener, router).with_graceful_shutdown(until).await
        });
    }
    Ok(Served { address, bases, shared, end, listeners })
}

impl Served {
    /// Changes the world; the next request sees it.
    pub fn edit(&self, change: impl FnOnce(&mut World)) {
        change(&mut locked(&self.shared.world));
    }

    /// The world as it is now.
    #[must_use]
    pub fn world(&self) -> World {
        locked(&self.shared.world).clone()
    }

    /// The beginning of a host's addresses, such as `http://127.0.0.1:4711`.
    #[must_use]
    pub fn base(&self, host: Host) -> String {
        self.bases.of(host).to_owned()
    }

    /// What was asked so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Asked> {
        locked(&self.shared.asked).clone()
    }

    /// Ends all listeners, after the answers that are under way.
    pub async fn stop(mut self) {
        self.end.send_replace(true);
        while self.listeners.join_next().await.is_some() {}
    }
}

async fn respond(State(place): State<Place>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let response = answer(&place, request.method(), path, request.headers());
    locked(&place.shared.asked).push(Asked {
        host: place.host,
        method: request.method().to_string(),
        path: path.to_owned(),
        status: response.status().as_u16(),
    });
    response
}

fn answer(place: &Place, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let body = match locked(&place.shared.world).answer(place.host, path, &place.bases) {
        Answer::Found(body) => body,
        Answer::Missing => return plain(StatusCode::NOT_FOUND),
        Answer::Failing(status) => {
            return plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        }
    };
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let validators = [(ETAG, body.tag()), (LAST_MODIFIED, moment::of_http(body.modified))];
    if body.is_known(said(IF_NONE_MATCH), said(IF_MODIFIED_SINCE)) {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    let Body { media_type, bytes, .. } = body;
    (StatusCode::OK, validators, [(CONTENT_TYPE, media_type)], bytes).into_response()
}

fn plain(status: StatusCode) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], format!("{status}\n")).into_response()
}

/// A panic elsewhere leaves the value as good as it was: every edit is a plain assignment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
