//! The edge: routes, files and one Durable Object per company.
