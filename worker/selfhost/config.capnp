# Xinheng on plain workerd. The build copies this file beside index.js and index_bg.wasm; `serve.mjs` starts it and says on the
# command line where the files and the data are and where to listen.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = .flags,
  services = [
    (name = "edge", worker = .edge),
    (name = "files", disk = (path = "overridden", writable = false)),
    (name = "data", disk = (path = "overridden", writable = true)),
    # Where messages may go: to public addresses only, whatever the name in a webhook's address stands for.
    (name = "internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = .sockets,
);

# The same for development, where the receiver of messages runs on this machine, too (LOCAL_HOOKS=1).
const development :Workerd.Config = (
  v8Flags = .flags,
  services = [
    (name = "edge", worker = .edge),
    (name = "files", disk = (path = "overridden", writable = false)),
    (name = "data", disk = (path = "overridden", writable = true)),
    (name = "internet", network = (allow = ["public", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = .sockets,
);

# A request leaves a few kilobytes that only a full collection takes away, and the default lets 40 MB of them gather: with
# 16 clients everything then stood still for 120 ms, every few seconds. Small and often keeps the longest pause near 30 ms.
const flags :List(Text) = ["--max-semi-space-size=1", "--initial-old-space-size=4"];

const sockets :List(Workerd.Socket) = [(name = "http", address = "127.0.0.1:8787", http = (), service = "edge")];

const edge :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "ASSETS", service = "files"),
    (name = "BOOK", durableObjectNamespace = "Book"),
    (name = "OPERATOR_SECRET", fromEnvironment = "OPERATOR_SECRET"),
    (name = "ADDRESS_HEADER", fromEnvironment = "ADDRESS_HEADER"),
    (name = "LOCAL_HOOKS", fromEnvironment = "LOCAL_HOOKS"),
  ],
  # The key names the folder of the books: never change it.
  durableObjectNamespaces = [(className = "Book", uniqueKey = "xinheng-book", enableSql = true)],
  durableObjectStorage = (localDisk = "data"),
);
