package io.cardea.protocols.est.client;

import java.security.cert.X509Certificate;

/// A certificate for the very key of the request.
public record Issued(X509Certificate certificate) implements EnrolAnswer {}
