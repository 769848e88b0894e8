//! Passwords, at the entry: where they come in they are hashed, and no further do they go.
//!
//! A hash costs 12 MiB and some tens of milliseconds, which a Book must not spend while others wait for it. So the Book tells
//! the entry by which *recipe* (algorithm, parameters, salt) somebody's password was hashed, the entry hashes what was typed
//! by the same recipe, and the Book compares. The stored hash never leaves the Book. For a login that nobody has the Book
//! makes up a recipe, the same every time, so that neither the answer nor the time that it takes says who is there; a
//! company that doesn't exist costs a hash, too.

use argon2::password_hash::{Decimal, Ident, PasswordHash, PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::record::api::Door;
use shared::record::api::people::{
    ChangePassword, Join, NAME_MOST, PasswordFault, PasswordSignIn, ProvePassword, check_password, login_of,
    typed_login,
};
use worker::{Env, Headers, Method, Request, Response};

use crate::api::{ask, caller_headers, parse};
use crate::book::LinkSpent;
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::random;
use crate::tokens::{Seals, is_code};

/// OWASP's third recommendation for Argon2id: 12 MiB, three passes, one lane.
const MEMORY_KIB: u32 = 12 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// Why somebody isn't let in, or a password not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Company, login or password is wrong; which one is nobody's business.
    #[error("company, login or password is wrong")]
    Wrong,
    /// Of what is right a code is missing.
    #[error("a code of the second factor is needed")]
    CodeNeeded,
    /// The code is wrong, too old, or was used.
    #[error("this code is wrong, too old, or was used already")]
    CodeWrong,
    /// It was tried too often.
    #[error("too many tries: wait {0} seconds")]
    Throttled(i64),
    /// The door is another one's.
    #[error("your role doesn't use this door")]
    OtherDoor,
    /// The login is no e-mail and no phone, or somebody has it.
    #[error("the login is an e-mail address or a phone number")]
    NoLogin,
    /// Somebody has this login.
    #[error("somebody has this login")]
    LoginTaken,
    /// The name is empty or too long.
    #[error("a name has 1 to {NAME_MOST} characters")]
    Name,
    /// It cannot be a password.
    #[error("{1}")]
    Fault(&'static str, PasswordFault),
}

impl Refusal for PasswordError {
    fn kind(&self) -> Kind {
        match self {
            Self::Wrong => (401, "wrong_sign_in", "not signed in"),
            Self::CodeNeeded => (401, "code_needed", "a code is needed"),
            Self::CodeWrong => (401, "code_wrong", "unexpected code"),
            Self::Throttled(_) => (429, "throttled", "too many tries"),
            Self::OtherDoor => (403, "other_door", "another door"),
            Self::NoLogin => (422, "login", "unexpected login"),
            Self::LoginTaken => (409, "login_taken", "login taken"),
            Self::Name => (422, "name", "unexpected name"),
            Self::Fault(_, PasswordFault::Short) => (422, "password_short", "password too short"),
            Self::Fault(_, PasswordFault::Long) => (422, "password_long", "password too long"),
            Self::Fault(_, PasswordFault::Login) => (422, "password_login", "password is the login"),
            Self::Fault(_, PasswordFault::Common) => (422, "password_common", "password too common"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::NoLogin | Self::LoginTaken => Some("login".to_owned()),
            Self::Name => Some("name".to_owned()),
            Self::CodeNeeded | Self::CodeWrong => Some("code".to_owned()),
            Self::Fault(field, _) => Some((*field).to_owned()),
            _ => None,
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Throttled(seconds) => vec![("seconds".to_owned(), seconds.to_string())],
            _ => Vec::new(),
        }
    }
}

/// What the Book is asked before a password is hashed.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskRecipe {
    /// Whose.
    pub login: String,
}

/// How to hash a password, in the PHC string format without the hash.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recipe {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt`
    pub recipe: String,
    /// Whose login it is, for the rules of a new password.
    pub login: String,
}

/// What the Book gets of a sign-in.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProvenSignIn {
    /// The login as it is kept.
    pub login: String,
    /// The hash of what was typed.
    pub proof: String,
    /// The door.
    pub door: Door,
    /// The second factor's code.
    pub code: Option<String>,
}

/// What the Book gets of somebody who joins.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProvenJoin {
    /// The link's token.
    pub token: String,
    /// Their name.
    pub name: String,
    /// The login as it is kept.
    pub login: String,
    /// The hash of their password.
    pub hash: String,
}

/// What the Book gets of somebody who proves that it is really they.
#[derive(Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The hash of what was typed.
    pub proof: String,
    /// The hash of the new password, where there is one.
    pub hash: Option<String>,
}

/// The start of a recipe: the parameters that new passwords are hashed with.
pub fn recipe(salt: &str) -> String {
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}")
}

/// Hashes by a recipe.
fn hash_by(recipe: &str, password: &str) -> Result<String, Failure> {
    let recipe = PasswordHash::new(recipe).map_err(Failure::broken)?;
    let params = Params::try_from(&recipe).map_err(Failure::broken)?;
    let salt = recipe.salt.ok_or_else(|| Failure::broken("a recipe has no salt"))?;
    let (algorithm, version): (Option<Ident>, Option<Decimal>) = (Some(recipe.algorithm), recipe.version);
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()).hash_password_customized(
        password.as_bytes(),
        algorithm,
        version,
        params,
        salt,
    );
    Ok(hashed.map_err(Failure::broken)?.to_string())
}

/// Hashes a new password with a salt of its own.
fn hash_new(password: &str) -> Result<String, Failure> {
    // 32 digits of base 16 are, read as base 64, 24 bytes of which 16 are random.
    let salt: String = random::secret()?.chars().take(32).collect();
    let salt = SaltString::from_b64(&salt).map_err(Failure::broken)?;
    hash_by(&recipe(salt.as_str()), password)
}

/// `POST session/password`.
///
/// 1. The company exists; else a hash is made for nothing: 401.
/// 2. The Book says how the password was hashed, unless it was tried too often: 429.
/// 3. The Book compares, asks for the second factor, and opens a session: 401.
pub async fn sign_in(request: &Request, body: &[u8], env: &Env) -> Result<Response, Failure> {
    let PasswordSignIn { company, door, login, password, code } = parse(body)?;
    let company = company.trim().to_lowercase();
    let login = typed_login(&login);
    if login.chars().count() > NAME_MOST || password.chars().count() > shared::record::api::people::PASSWORD_MOST {
        return Err(PasswordError::Wrong.into());
    }
    // 1
    if !is_code(&company) || !crate::operator::is_known(env, &company).await? {
        hash_by(&recipe(&"0".repeat(32)), &password)?;
        return Err(PasswordError::Wrong.into());
    }
    // 2
    let asked = AskRecipe { login: login.clone() };
    let headers = || caller_headers(request, env);
    let Recipe { recipe, .. } = match inner(env, &company, "/inner/recipe", headers()?, &asked).await? {
        Ok(recipe) => recipe,
        Err(refusal) => return Ok(refusal),
    };
    // 3
    let proven = ProvenSignIn { login, proof: hash_by(&recipe, &password)?, door, code };
    let body = serde_json::to_vec(&proven)?;
    ask(env, &company, Method::Post, "/api/v1/session/password", headers()?, body).await
}

/// `POST session/join`: the password is checked and hashed here; the Book spends the link.
pub async fn join(request: &Request, body: &[u8], env: &Env) -> Result<Response, Failure> {
    let Join { token, name, login, password } = parse(body)?;
    let seals = Seals::of(env);
    let book = seals.book_of(&token).ok_or(LinkSpent)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MOST {
        return Err(PasswordError::Name.into());
    }
    let login = login_of(&login).ok_or(PasswordError::NoLogin)?;
    check_password(&login, &password).map_err(|fault| PasswordError::Fault("password", fault))?;
    let proven = ProvenJoin { token: token.clone(), name, login, hash: hash_new(&password)? };
    let headers = caller_headers(request, env)?;
    ask(env, book, Method::Post, "/api/v1/session/join", headers, serde_json::to_vec(&proven)?).await
}

/// `POST password`, `second-factor`, `second-factor/removal`: somebody who is signed in types their password again.
///
/// 1. The Book says who it is and how their password was hashed: 401, 403, 429.
/// 2. The new password, where there is one, is sound: 422.
/// 3. The Book compares and does it: 401.
pub async fn prove(request: &Request, token: &str, body: &[u8], env: &Env) -> Result<Response, Failure> {
    let seals = Seals::of(env);
    let book = seals.book_of(token).ok_or(RequestError::SignedOut)?;
    let headers = || -> Result<Headers, Failure> {
        let headers = caller_headers(request, env)?;
        headers.set("x-token", token)?;
        Ok(headers)
    };
    // 1
    let path = request.path();
    let of = format!("/inner/own-recipe?for={path}");
    let Recipe { recipe, login } = match inner(env, book, &of, headers()?, &()).await? {
        Ok(recipe) => recipe,
        Err(refusal) => return Ok(refusal),
    };
    // 2
    let (password, hash) = if path.ends_with("/password") {
        let ChangePassword { password, new_password } = parse(body)?;
        check_password(&login, &new_password).map_err(|fault| PasswordError::Fault("new_password", fault))?;
        (password, Some(hash_new(&new_password)?))
    } else {
        let ProvePassword { password } = parse(body)?;
        (password, None)
    };
    if password.chars().count() > shared::record::api::people::PASSWORD_MOST {
        return Err(PasswordError::Wrong.into());
    }
    // 3
    let proof = Proof { proof: hash_by(&recipe, &password)?, hash };
    ask(env, book, Method::Post, &path, headers()?, serde_json::to_vec(&proof)?).await
}

/// A call that only the entry makes. Its refusal is the caller's.
async fn inner<T: DeserializeOwned>(
    env: &Env,
    book: &str,
    path: &str,
    headers: Headers,
    body: &impl Serialize,
) -> Result<Result<T, Response>, Failure> {
    let mut response = ask(env, book, Method::Post, path, headers, serde_json::to_vec(body)?).await?;
    if response.status_code() != 200 {
        return Ok(Err(response));
    }
    Ok(Ok(serde_json::from_slice(&response.bytes().await?)?))
}
