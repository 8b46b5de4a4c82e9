package io.cardea.trials.bench.load;

/// A request for a fresh key's certificate.
///
/// @param der PKCS#10
/// @param publicKey the SubjectPublicKeyInfo that the answer has to certify
public record Csr(byte[] der, byte[] publicKey) {}
