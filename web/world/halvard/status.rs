//! Halvard's status page, in the shape of Statuspage: incidents and planned maintenance as JSON.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::answer::{Body, HTML, JSON};
use crate::world::halvard::{FRAME, NAME};
use crate::world::moment;
use crate::world::page::escape;

/// Where the status page begins.
pub const BASE: &str = "/status/";

/// Something that went wrong, or that is planned.
#[derive(Clone, Debug)]
pub struct Incident {
    /// The platform's identifier.
    pub id: &'static str,
    /// Headline, plain text.
    pub name: String,
    /// How bad, in the platform's words; `maintenance` for what is planned.
    pub impact: &'static str,
    /// What it concerns.
    pub components: &'static [&'static str],
    /// When it began.
    pub began: Timestamp,
    /// What was said, oldest first.
    pub updates: Vec<Update>,
}

/// One thing that was said about an incident.
#[derive(Clone, Debug)]
pub struct Update {
    /// The platform's word for how it stands.
    pub status: &'static str,
    /// What was said.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// Everything on the page at first, the newest first.
pub(super) fn all(now: Timestamp) -> Vec<Incident> {
    let incident = |id, name: &str, impact, components, days, said: &[(&'static str, &str)]| {
        let began = moment::days_before(now, days);
        let hours = (0_i64..).map(|hour| began + SignedDuration::from_hours(hour));
        let updates = said
            .iter()
            .zip(hours)
            .map(|((status, body), at)| Update { status, body: (*body).to_owned(), at })
            .collect();
        Incident { id, name: name.to_owned(), impact, components, began, updates }
    };
    vec![
        incident(
            "h7q2move",
            "Package mirror moves to new machines",
            "maintenance",
            &["Package mirror"],
            3,
            &[(
                "scheduled",
                "The mirror packages.halvard.example moves. Downloads may pause for a minute at a time.",
            )],
        ),
        incident(
            "m3k9late",
            "Relay deliveries are late in the eastern region",
            "major",
            &["Relay", "Console"],
            21,
            &[
                ("investigating", "Deliveries wait for up to twenty minutes. We are looking into it."),
                (
                    "identified",
                    "Intake workers of Relay 5.1.2 stop after a lost connection and are not started again.",
                ),
                (
                    "resolved",
                    "The workers were restarted and deliveries are on time. Relay 5.1.3 will start them by itself.",
                ),
            ],
        ),
        incident(
            "b1c8sign",
            "Downloads of signatures fail",
            "minor",
            &["Package mirror"],
            96,
            &[
                (
                    "investigating",
                    "Some signature files answer with an error. Packages themselves are not concerned.",
                ),
                ("resolved", "A full disk on one mirror was the cause."),
            ],
        ),
    ]
}

/// What the status page says at a path.
pub(super) fn page(incidents: &[Incident], path: &str, still: Timestamp) -> Option<Body> {
    let planned = |wanted: bool| move |incident: &&Incident| (incident.impact == "maintenance") == wanted;
    let newest = incidents
        .iter()
        .flat_map(|incident| &incident.updates)
        .map(|update| update.at)
        .max()
        .unwrap_or(still);
    let list = |name: &str, wanted: bool| {
        let listed: Vec<Value> = incidents.iter().filter(planned(wanted)).map(shown).collect();
        let page = json!({"id": "halvard", "name": NAME, "time_zone": "Etc/UTC"});
        Body::new(JSON, json!({"page": page, name: listed}).to_string(), newest)
    };
    match path.strip_prefix(BASE)? {
        "" => {
            let names: String =
                incidents.iter().map(|incident| format!("<li>{}</li>", escape(&incident.name))).collect();
            Some(Body::new(HTML, FRAME.page("Status", &format!("<h1>Status</h1><ul>{names}</ul>")), newest))
        }
        "api/v2/summary.json" => {
            let page = json!({"id": "halvard", "name": NAME, "time_zone": "Etc/UTC"});
            let status = json!({"indicator": "none", "description": "All Systems Operational"});
            Some(Body::new(JSON, json!({"page": page, "status": status}).to_string(), still))
        }
        "api/v2/incidents.json" => Some(list("incidents", false)),
        "api/v2/scheduled-maintenances.json" => Some(list("scheduled_maintenances", true)),
        _ => None,
    }
}

fn shown(incident: &Incident) -> Value {
    let last = incident.updates.last();
    let update = |(number, update): (usize, &Update)| {
        json!({
            "id": format!("{}-{}", incident.id, number + 1),
            "status": update.status,
            "body": update.body,
            "display_at": moment::of_machines(update.at),
        })
    };
    let mut updates: Vec<Value> = incident.updates.iter().enumerate().map(update).collect();
    // The platform has the newest first.
    updates.reverse();
    let planned =
        (incident.impact == "maintenance").then(|| incident.began + SignedDuration::from_hours(24 * 10));
    json!({
        "id": incident.id,
        "name": incident.name,
        "status": last.map(|update| update.status),
        "impact": incident.impact,
        "created_at": moment::of_machines(incident.began),
        "updated_at": last.map(|update| moment::of_machines(update.at)),
        "scheduled_for": planned.map(moment::of_machines),
        "components": incident.components.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        "incident_updates": updates,
    })
}
