package io.cardea.trials.bench.load;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;

/// How a certificate is asked for, and what the answer says.
public interface Dialect {
  FullHttpRequest request(Csr csr);

  /// @return the SHA-256 of the certificate, which is for the request's key
  byte[] read(FullHttpResponse answer, Csr csr) throws BadAnswerException;
}
