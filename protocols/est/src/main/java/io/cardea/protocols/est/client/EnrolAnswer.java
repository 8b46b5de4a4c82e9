package io.cardea.protocols.est.client;

/// What an enrolment or a renewal came to. A lost answer is an IOException instead: then nobody
/// knows, and the same request with the same key is to be sent again.
public sealed interface EnrolAnswer permits Issued, Later, Declined {}
