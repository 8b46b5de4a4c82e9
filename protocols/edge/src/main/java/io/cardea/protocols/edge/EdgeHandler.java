package io.cardea.protocols.edge;

/// Answers one request.
///
/// It may block (see [Routes.Builder#route]): it runs on a virtual thread of its own, and the next
/// request of the same connection waits. It does not throw for what a stranger sent; an unchecked
/// exception is a defect, answered with 500 and one line in the log.
@FunctionalInterface
public interface EdgeHandler {
  EdgeResponse handle(EdgeRequest request);
}
