//! Files: the doors' pages and what they are made of. Plain workerd hands out a folder with no types, no compression and no
//! deep links, so the worker adds them; on Cloudflare the same code stands before the assets binding, and both behave alike.

use worker::{EncodeBody, Env, Fetcher, Headers, Method, Request, Response, ResponseBuilder, Result};

use crate::headers;

/// Each is a folder of files and an app of its own: all its paths that name no file lead to its one page.
const DOORS: [&str; 3] = ["field", "desk", "portal"];

/// What a folder may hold, by the end of the name. Anything else isn't served.
const TYPES: [(&str, &str); 9] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("txt", "text/plain; charset=utf-8"),
];

/// The copies that a release build lays beside a file, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Answers a request for a page or a file.
///
/// 1. Only reading is possible: 405.
/// 2. A door without its slash is sent to where its relative links work: 308.
/// 3. The file, compressed as the browser accepts it: 200, or 304 when it has it already.
/// 4. Nothing by that name: 404.
pub async fn serve(request: &Request, env: &Env) -> Result<Response> {
    // 1
    if !matches!(request.method(), Method::Get | Method::Head) {
        return text(405, "only GET and HEAD are possible here", &[("allow", "GET, HEAD")]);
    }
    match place(&request.path()) {
        // 2
        Place::Moved(to) => text(308, "", &[("location", &to)]),
        // 3
        Place::File { path, kind } => match read(request, &env.assets("ASSETS")?, &path, kind).await? {
            Some((found, encoding)) => answer(found, &path, kind, encoding),
            None => text(404, "not found", &[]),
        },
        // 4
        Place::Nowhere => text(404, "not found", &[]),
    }
}

/// Where a path leads.
enum Place {
    File { path: String, kind: &'static str },
    Moved(String),
    Nowhere,
}

fn place(path: &str) -> Place {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let inside = path.strip_prefix('/').unwrap_or(path);
    let (first, rest) = inside.split_once('/').map_or((inside, None), |(first, rest)| (first, Some(rest)));
    let name = inside.rsplit('/').next().unwrap_or_default();
    if inside.is_empty() {
        return page("/index.html".into());
    }
    if name.contains('.') {
        let kind = name.rsplit('.').next().and_then(kind_of);
        let hidden = inside.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        return match kind {
            Some(kind) if !hidden && path.chars().all(plain) => Place::File { path: path.into(), kind },
            _ => Place::Nowhere,
        };
    }
    match (DOORS.contains(&first), rest) {
        (true, None) => Place::Moved(format!("/{first}/")),
        (true, Some(_)) => page(format!("/{first}/index.html")),
        (false, _) => Place::Nowhere,
    }
}

fn page(path: String) -> Place {
    Place::File { path, kind: "text/html; charset=utf-8" }
}

fn kind_of(ending: &str) -> Option<&'static str> {
    TYPES.iter().find(|(name, _)| *name == ending).map(|(_, kind)| *kind)
}

/// Reads a file in the best encoding that both sides have. `None`: there is no such file.
async fn read(
    request: &Request,
    files: &Fetcher,
    path: &str,
    kind: &str,
) -> Result<Option<(Response, Option<&'static str>)>> {
    let accepted = request.headers().get("accept-encoding")?.unwrap_or_default();
    let compressible = kind != "image/png";
    for (encoding, ending) in ENCODINGS {
        if compressible && accepts(&accepted, encoding) {
            let found = fetch(request, files, &format!("{path}.{ending}")).await?;
            if found.is_some() {
                return Ok(found.map(|found| (found, Some(encoding))));
            }
        }
    }
    Ok(fetch(request, files, path).await?.map(|found| (found, None)))
}

async fn fetch(request: &Request, files: &Fetcher, path: &str) -> Result<Option<Response>> {
    let inner = Request::new(&format!("https://files{path}"), request.method())?;
    for name in ["if-none-match", "if-modified-since"] {
        if let Some(value) = request.headers().get(name)? {
            inner.headers().set(name, &value)?;
        }
    }
    let found = files.fetch_request(inner).await?;
    Ok(matches!(found.status_code(), 200 | 304).then_some(found))
}

/// Whether an `Accept-Encoding` allows this encoding: it is named, and not with a weight of zero.
pub fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts
            .any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.chars().all(|c| matches!(c, '0' | '.'))));
        named && !refused
    })
}

fn answer(found: Response, path: &str, kind: &str, encoding: Option<&str>) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", kind)?;
    headers.set("cache-control", if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" })?;
    headers.set("vary", "accept-encoding")?;
    headers::harden(&headers)?;
    for name in ["etag", "last-modified"] {
        if let Some(value) = found.headers().get(name)? {
            headers.set(name, &value)?;
        }
    }
    let status = found.status_code();
    let (_, body) = found.into_parts();
    let answer = ResponseBuilder::new().with_status(status);
    let Some(encoding) = encoding else {
        return Ok(answer.with_headers(headers).body(body));
    };
    headers.set("content-encoding", encoding)?;
    Ok(answer.with_headers(headers).with_encode_body(EncodeBody::Manual).body(body))
}

/// A name that carries the hash of its content (`field-0123456789abcdef.js`) never changes what it means.
fn is_hashed(path: &str) -> bool {
    // A hash is a number of 64 bits in hexadecimal; leading zeros are not written, so that a few are shorter.
    path.split(['-', '_', '.'])
        .any(|part| (12..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn text(status: u16, body: &str, extra: &[(&str, &str)]) -> Result<Response> {
    let response = Response::ok(body)?.with_status(status);
    response.headers().set("cache-control", "no-cache")?;
    headers::harden(response.headers())?;
    for (name, value) in extra {
        response.headers().set(name, value)?;
    }
    Ok(response)
}
