//! A Book's calls for tests: enough to show that creation, migration and transactions do what they promise.

use serde::{Deserialize, Serialize};
use worker::{Request, Response, Result, Storage};

use super::{atomically, schema};
use crate::{clock, json, problem};

/// Answers one call: `create`, `rename?to=NAME`, `rename-and-fail?to=NAME`, `name`.
pub fn answer(call: &str, storage: &Storage, request: &Request) -> Result<Response> {
    let url = request.url()?;
    let to = url.query_pairs().find(|(key, _)| key == "to").map(|(_, value)| value.into_owned()).unwrap_or_default();
    if call == "create" {
        schema::bring_up_to_date(storage)?;
        let row = vec![to.as_str().into(), to.as_str().into(), clock::now().format("%FT%TZ").to_string().into()];
        let insert =
            "INSERT INTO book (id, code, name, time_zone, demo, created_at) VALUES (1, ?, ?, 'Asia/Shanghai', 0, ?)";
        atomically(storage, || storage.sql().exec(insert, row).map(drop))?;
        return name(storage);
    }
    if !schema::exists(storage)? {
        return problem(404, "no_such_book", "there is no such book");
    }
    let rename = || storage.sql().exec("UPDATE book SET name = ?", vec![to.as_str().into()]).map(drop);
    match call {
        "rename" => atomically(storage, rename)?,
        "rename-and-fail" => {
            let failed = atomically(storage, || {
                rename()?;
                Err::<(), _>("as asked".into())
            });
            if failed.is_ok() {
                return problem(500, "committed", "a failed transaction was committed");
            }
        }
        "name" => {}
        _ => return problem(404, "not_found", "there is no such testing call"),
    }
    name(storage)
}

fn name(storage: &Storage) -> Result<Response> {
    #[derive(Deserialize, Serialize)]
    struct Named {
        name: String,
    }
    let rows = storage.sql().exec("SELECT name FROM book", None)?.to_array::<Named>()?;
    json(200, &rows)
}
