//! Who is signed in: one state for each door, and the only ways in and out.
//!
//! A link carries its token in the fragment of the address (`#t=…`), which no server and no log sees. Mail scanners and chat
//! previews open links, so that opening one does nothing: the page asks, and only the button's POST spends the token
//! ([`Doorkeeper::enter`]). The token leaves the address as soon as it is spent. A link by which somebody sets their password
//! says so (`#j=…`), so that the page shows the right form at once; [`Doorkeeper::join`] spends it.
//!
//! A door that works offline keeps its session on the device, never a secret: the cookie that proves it is out of reach of
//! any script. It lets the door open without a network until the session ends.

use super::client::{self, ClientError};
use crate::ui::storage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::{Date, plus_days};
use shared::record::api::people::{Join, LinkAnswer, PasswordSignIn, Purpose};
use shared::record::api::{BookInfo, Door, Link, Session};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Who stands at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Being found out.
    Looking,
    /// Nobody who is signed in.
    Out {
        /// Whether a link brought them, whose token a button can spend.
        invited: bool,
        /// Why the last try failed.
        refused: Option<ClientError>,
    },
    /// Somebody whom a link brought that lets them set name, login and password.
    Joining,
    /// Somebody who is.
    In(Arc<Session>),
}

/// What a door does with what it keeps of a session when that ends.
pub type Wipe = fn(Arc<Session>) -> Pin<Box<dyn Future<Output = ()>>>;

/// Opens and closes one door.
#[derive(Clone, Copy)]
pub struct Doorkeeper {
    door: Door,
    keeps: Option<Wipe>,
    access: RwSignal<Access>,
    token: StoredValue<Option<Token>>,
    /// The button was pressed and the answer isn't there yet.
    busy: RwSignal<bool>,
}

impl Doorkeeper {
    /// Looks who is there: a link's token, else the session of the cookie. `keeps` is for a door that works offline: the
    /// session is kept on the device, and ending it ends by this what else the door keeps.
    pub fn new(door: Door, keeps: Option<Wipe>) -> Self {
        let token = token_in(&window().location().hash().unwrap_or_default());
        let keeper = Self {
            door,
            keeps,
            access: RwSignal::new(Access::Looking),
            token: StoredValue::new(token),
            busy: RwSignal::new(false),
        };
        keeper.look();
        // Another link pasted into the same page changes only the fragment.
        let listener = window_event_listener(leptos::ev::hashchange, move |_| {
            let token = token_in(&window().location().hash().unwrap_or_default());
            if token.is_some() {
                keeper.token.set_value(token);
                keeper.look();
            }
        });
        on_cleanup(move || listener.remove());
        keeper
    }

    /// Who stands there.
    pub fn access(self) -> Access {
        self.access.get()
    }

    /// Whether the door is at work on a press of its button.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// The session, while there is one. Doesn't follow changes.
    pub fn session(self) -> Option<Arc<Session>> {
        match self.access.get_untracked() {
            Access::In(session) => Some(session),
            _ => None,
        }
    }

    /// Looks again.
    pub fn look(self) {
        match self.token.get_value() {
            Some(Token::Enters(_)) => return self.access.set(Access::Out { invited: true, refused: None }),
            Some(Token::Joins(_)) => return self.access.set(Access::Joining),
            None => {}
        }
        self.access.set(Access::Looking);
        // What is kept opens the door at once; the edge's answer follows.
        if let Some(session) = self.kept() {
            self.access.set(Access::In(Arc::new(session)));
        }
        spawn_local(async move {
            if leaving() {
                // Signed out while there was no network: the edge hears it now, before anything else.
                if client::end_session().await == Err(ClientError::Offline) {
                    self.access.set(Access::Out { invited: false, refused: Some(ClientError::Offline) });
                    return;
                }
                set_leaving(false);
            }
            let answer = client::session().await;
            self.hear(answer);
        });
    }

    /// Spends the link's token.
    pub fn enter(self) {
        let Some(Token::Enters(token)) = self.token.get_value() else { return self.look() };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = client::sign_in(token.clone()).await;
            self.busy.set(false);
            if let Err(ClientError::Offline | ClientError::Unreadable) = answer {
                // The token may still be good.
                self.access.set(Access::Out { invited: true, refused: answer.err() });
                return;
            }
            match answer {
                Ok(session) => self.came_in(session),
                Err(refused) => match client::link(token.clone()).await {
                    // A program or a hand put this address together.
                    Ok(found) if found.purpose == Purpose::Join => {
                        self.token.set_value(Some(Token::Joins(token)));
                        self.look();
                    }
                    _ => self.turned_away(refused).await,
                },
            }
        });
    }

    /// The link opens nothing. It may have been opened for the second time, by somebody whom the first time signed in.
    async fn turned_away(self, refused: ClientError) {
        self.token.set_value(None);
        clear_fragment();
        match client::session().await {
            Ok(session) => self.hear(Ok(session)),
            Err(_) => self.access.set(Access::Out { invited: false, refused: Some(refused) }),
        }
    }

    /// What the link is good for, that brought somebody who may join. One that opens nothing is let go of.
    pub async fn invitation(self) -> Result<LinkAnswer, ClientError> {
        let Some(Token::Joins(token)) = self.token.get_value() else { return Err(ClientError::SignedOut) };
        let answer = client::link(token.clone()).await;
        match &answer {
            // Somebody made it by hand, or it was shortened: it only opens the door.
            Ok(found) if found.purpose != Purpose::Join => {
                self.token.set_value(Some(Token::Enters(token)));
                self.look();
            }
            Err(refused @ ClientError::Problem(_)) => self.turned_away(refused.clone()).await,
            _ => {}
        }
        answer
    }

    /// Sets name, login and password by the link, and comes in. An error leaves the page as it is.
    pub async fn join(self, name: String, login: String, password: String) -> Result<(), ClientError> {
        let Some(Token::Joins(token)) = self.token.get_value() else { return Err(ClientError::SignedOut) };
        let session = client::join(&Join { token, name, login, password }).await?;
        remember_company(&session.book.code);
        self.came_in(session);
        Ok(())
    }

    /// Comes in by company, login and password. An error leaves the page as it is.
    pub async fn sign_in(self, who: PasswordSignIn) -> Result<(), ClientError> {
        let session = client::sign_in_by_password(&who).await?;
        remember_company(&session.book.code);
        self.came_in(session);
        Ok(())
    }

    /// Which door this is.
    pub fn door(self) -> Door {
        self.door
    }

    /// Somebody came in just now; whose door is another goes there.
    fn came_in(self, session: Session) {
        self.token.set_value(None);
        clear_fragment();
        set_leaving(false);
        if session.door == self.door {
            self.hear(Ok(session));
        } else {
            // A page that cannot be left stays as it is.
            let _ = window().location().assign(session.door.path());
        }
    }

    /// Signs out: what the door keeps goes, the session ends at the edge, and the page starts anew.
    pub fn leave(self) {
        spawn_local(async move {
            let session = self.session();
            self.forget();
            if let (Some(wipe), Some(session)) = (self.keeps, session) {
                wipe(session).await;
            }
            set_leaving(client::end_session().await == Err(ClientError::Offline));
            // A page that cannot be loaded again stays as it is, signed out.
            let _ = window().location().reload();
        });
    }

    /// The edge said that nobody is signed in: whoever made the call tells it here.
    pub fn lost(self) {
        self.forget();
        // Who was in hears that it is over; who only looks in needs no such word.
        let refused = self.session().map(|_| ClientError::SignedOut);
        self.access.set(Access::Out { invited: false, refused });
    }

    /// Passes a call's answer on, and acts on the one error that is the door's business.
    pub fn heed<A>(self, answer: Result<A, ClientError>) -> Result<A, ClientError> {
        if matches!(answer, Err(ClientError::SignedOut)) {
            self.lost();
        }
        answer
    }

    fn hear(self, answer: Result<Session, ClientError>) {
        match answer {
            // The cookie belongs to another door of this house.
            Ok(session) if session.door != self.door => self.lost(),
            Ok(session) => {
                if self.keeps.is_some() {
                    // The types of the wire always become JSON.
                    keep(self.door, Some(&serde_json::to_string(&session).unwrap_or_default()));
                }
                if self.session().as_deref() != Some(&session) {
                    self.access.set(Access::In(Arc::new(session)));
                }
            }
            Err(ClientError::SignedOut) => self.lost(),
            // A door that was opened by what is kept stays open.
            Err(error) if self.session().is_none() => {
                self.access.set(Access::Out { invited: false, refused: Some(error) });
            }
            Err(_) => {}
        }
    }

    /// The session kept on the device, unless it is over.
    fn kept(self) -> Option<Session> {
        self.keeps?;
        let text = storage()?.get_item(&kept_as(self.door)).ok().flatten()?;
        let session: Session = serde_json::from_str(&text).ok()?;
        (!leaving() && i128::from(session.until) > i128::from(now())).then_some(session)
    }

    fn forget(self) {
        keep(self.door, None);
    }
}

/// Seconds since 1970, by the device's clock.
pub fn now() -> i64 {
    #[allow(clippy::cast_possible_truncation)] // whole seconds of any date are well within 2^53
    let seconds = (js_sys::Date::now() / 1000.0) as i64;
    seconds
}

/// The book's date. A demo book's stands still; any other's is told by the device's clock, but never earlier than the
/// book was last heard to say.
pub fn today(book: &BookInfo) -> Date {
    if book.demo { book.today } else { book.today.max(date_at(now(), book.utc_offset_minutes)) }
}

/// The date at so many seconds since 1970, so many minutes east of UTC.
fn date_at(seconds: i64, offset_minutes: i16) -> Date {
    let local = seconds.saturating_add(i64::from(offset_minutes).saturating_mul(60));
    let days = u32::try_from(local.div_euclid(86_400)).unwrap_or(0);
    Date::from_ymd_opt(1970, 1, 1).map_or(Date::MIN, |first| plus_days(first, days))
}

/// A link's token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// It opens the door.
    Enters(String),
    /// It lets somebody set name, login and password.
    Joins(String),
}

/// The token in an address's fragment.
fn token_in(fragment: &str) -> Option<Token> {
    let (kind, token) = fragment.strip_prefix('#')?.split_once('=').filter(|(_, token)| !token.is_empty())?;
    match kind {
        "t" => Some(Token::Enters(token.to_owned())),
        "j" => Some(Token::Joins(token.to_owned())),
        _ => None,
    }
}

/// The address of a link, as it is sent to somebody: the opposite of [`token_in`].
pub fn address_of(link: &Link, purpose: Purpose) -> String {
    let origin = window().location().origin().unwrap_or_default();
    let kind = if purpose == Purpose::Join { "j" } else { "t" };
    format!("{origin}{}#{kind}={}", link.door.path(), link.token)
}

/// Takes the token out of the address and of the browser's history.
fn clear_fragment() {
    let location = window().location();
    if let (Ok(history), Ok(path), Ok(query)) = (window().history(), location.pathname(), location.search()) {
        // Only the page's own address is written, which is always allowed.
        let _ =
            history.replace_state_with_url(&web_sys::wasm_bindgen::JsValue::NULL, "", Some(&format!("{path}{query}")));
    }
}

fn kept_as(door: Door) -> String {
    format!("xinheng.session{}", door.path())
}

fn keep(door: Door, session: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A browser that keeps nothing signs in by its cookie each time.
    let _ = match session {
        Some(session) => storage.set_item(&kept_as(door), session),
        None => storage.remove_item(&kept_as(door)),
    };
}

const COMPANY: &str = "xinheng.company";

/// The code of the company that somebody last signed in to on this device.
pub fn remembered_company() -> String {
    storage().and_then(|storage| storage.get_item(COMPANY).ok().flatten()).unwrap_or_default()
}

fn remember_company(code: &str) {
    if let Some(storage) = storage() {
        // A browser that keeps nothing asks each time.
        let _ = storage.set_item(COMPANY, code);
    }
}

const LEAVING: &str = "xinheng.leaving";

/// Whether somebody signed out here and the edge hasn't heard.
fn leaving() -> bool {
    storage().and_then(|storage| storage.get_item(LEAVING).ok().flatten()).is_some()
}

fn set_leaving(leaving: bool) {
    let Some(storage) = storage() else { return };
    // Without a store nothing outlives the page, and the session ends at its time.
    let _ = if leaving { storage.set_item(LEAVING, "1") } else { storage.remove_item(LEAVING) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        assert_eq!(token_in("#t=demo.abc"), Some(Token::Enters("demo.abc".to_owned())));
        assert_eq!(token_in("#j=demo.abc"), Some(Token::Joins("demo.abc".to_owned())));
        for none in ["", "#", "#t=", "#j=", "#x=1", "#main"] {
            assert_eq!(token_in(none), None, "{none}");
        }
    }

    #[test]
    fn the_books_date_is_its_own_and_never_runs_back() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        // 2026-11-22 15:59:59 UTC is still the 22nd in Shanghai; a second later it is the 23rd.
        assert_eq!(date_at(1_795_363_199, 480), day("2026-11-22"));
        assert_eq!(date_at(1_795_363_200, 480), day("2026-11-23"));
        assert_eq!(date_at(-1, -300), day("1970-01-01"));
    }
}
