/// The API for people and programs on the port 9443, as `openapi.yaml` describes it.
///
/// TLS without client certificates, bearer tokens, JSON, and RFC 9457 for whatever goes wrong.
@NullMarked
package io.cardea.apps.server.api;

import org.jspecify.annotations.NullMarked;
