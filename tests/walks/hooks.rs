//! What is new is posted to webhooks, signed and in the shapes that chats take; those that misbehave hold nobody up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use index::subscription::recipient::Shape;
use index::subscription::{Recipient, Standing};
use serde_json::Value;
use web::post::{Memory, Transport};

use crate::saved::Office;
use crate::town::day;

/// What was posted: path, headers, body.
type Posted = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// A far side that answers by what the path says.
async fn far_side() -> (SocketAddr, Posted) {
    let posted = Posted::default();
    let router = Router::new().fallback(answer).with_state(Arc::clone(&posted));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, posted)
}

async fn answer(State(posted): State<Posted>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    posted.lock().unwrap().push((uri.path().to_owned(), headers, body));
    match uri.path() {
        "/never" => std::future::pending().await,
        "/inwards" => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, "/inside")]).into_response(),
        "/gone" => StatusCode::GONE.into_response(),
        "/broken" => StatusCode::BAD_GATEWAY.into_response(),
        _ => StatusCode::OK.into_response(),
    }
}

fn hook(address: SocketAddr, path: &str, shape: Shape) -> Recipient {
    Recipient::Webhook { url: format!("http://{address}{path}"), shape, private_network: true }
}

async fn office() -> Office {
    Office::new(Transport::Memory(Memory::default())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_shape_says_what_is_new_and_ours_is_signed() {
    let (address, posted) = far_side().await;
    let office = office().await;
    let id = office.subscribed("pump", hook(address, "/json", Shape::Json)).await;
    for shape in [Shape::Slack, Shape::Teams, Shape::Matrix] {
        office.subscribed("pump", hook(address, &format!("/{}", shape.as_str()), shape)).await;
    }
    assert_eq!(office.tells("Pump <!channel> jams").await, (4, 0, 0));
    let posted = posted.lock().unwrap().clone();
    let of = |path: &str| {
        let (_, headers, body) = posted.iter().find(|(at, ..)| at == path).unwrap();
        (headers.clone(), serde_json::from_slice::<Value>(body).unwrap(), body.clone())
    };
    let (headers, json, body) = of("/json");
    assert_eq!(json["headline"], "1 new");
    assert_eq!(json["digest"]["sections"][0]["vendors"][0]["lines"][0]["title"], "Pump <!channel> jams");
    let (found, _) = office.knowledge.subscription(id).await.unwrap().unwrap();
    assert_eq!(headers["forewarn-signature"], signed(&found.tokens.secret, &body));
    assert_eq!(headers["forewarn-repeated"], "no");
    let (_, slack, _) = of("/slack");
    let text = slack["text"].as_str().unwrap();
    assert!(text.contains("*pump: 1 new*") && text.contains("|Pump &lt;!channel&gt; jams>"), "{text}");
    let (_, teams, _) = of("/teams");
    assert_eq!(teams["attachments"][0]["content"]["type"], "AdaptiveCard");
    let (_, matrix, _) = of("/matrix");
    assert_eq!((&matrix["msgtype"], &matrix["body"]), (&"m.text".into(), &matrix["text"]));
    assert!(matrix["formatted_body"].as_str().unwrap().contains("Pump &lt;!channel&gt; jams</a>"));
}

/// HMAC-SHA256 by its definition (RFC 2104), with a hash alone.
fn signed(secret: &str, body: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let padded = |pad: u8| {
        let mut key = [pad; 64];
        for (byte, secret) in key.iter_mut().zip(secret.bytes()) {
            *byte ^= secret;
        }
        key
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(body).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    format!("sha256={}", hex::encode(outer))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_misbehave_hold_nobody_up_and_are_told_apart() {
    let (address, posted) = far_side().await;
    let office = office().await;
    let mut ids = Vec::new();
    for path in ["/never", "/inwards", "/gone", "/broken", "/ok"] {
        ids.push(office.subscribed(path, hook(address, path, Shape::Json)).await);
    }
    let [never, inwards, gone, broken, _] = ids.try_into().unwrap();
    assert_eq!(office.tells("Pump").await, (1, 3, 1));
    assert!(office.sentence(never).await.contains("no complete answer within"));
    assert!(
        office
            .sentence(inwards)
            .await
            .contains("sends us on to another address (307), which is not followed")
    );
    assert!(office.sentence(gone).await.contains("removed for good (410)"));
    assert!(office.sentence(broken).await.contains("a fault of its own (502)"));
    let paths: Vec<String> = posted.lock().unwrap().iter().map(|(path, ..)| path.clone()).collect();
    assert!(!paths.contains(&"/inside".to_owned()), "{paths:?}");
    let (found, _) = office.knowledge.subscription(gone).await.unwrap().unwrap();
    assert_eq!(found.standing, Standing::Refused);
    let sentence = found.sentence.unwrap();
    assert!(sentence.contains("/…") && !sentence.contains("/gone"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_been_posted_before_says_so() {
    let (address, posted) = far_side().await;
    let mut office = office().await;
    office.subscribed("broken", hook(address, "/broken", Shape::Json)).await;
    assert_eq!(office.tells("Pump").await, (0, 1, 0));
    office.post.clock = || day(1);
    office.sends().await;
    let posted = posted.lock().unwrap().clone();
    let of = |id: &str| posted.iter().filter(|(_, headers, _)| headers["forewarn-message"] == id).count();
    let first = posted[0].1["forewarn-message"].to_str().unwrap();
    assert_eq!(of(first), 2);
    let again = posted.iter().rfind(|(_, headers, _)| headers["forewarn-message"] == first).unwrap();
    assert_eq!(again.1["forewarn-repeated"], "possibly");
    let body: Value = serde_json::from_slice(&again.2).unwrap();
    assert_eq!(body["possibly_repeated"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_reaches_no_private_address_unless_it_may() {
    let (address, posted) = far_side().await;
    let office = office().await;
    let url = format!("http://{address}/ok");
    let inward = Recipient::Webhook { url, shape: Shape::Json, private_network: false };
    let id = office.subscribed("inward", inward).await;
    assert_eq!(office.tells("Pump").await, (0, 0, 1));
    assert!(office.sentence(id).await.contains("is a loopback address"));
    assert!(posted.lock().unwrap().is_empty());
}
