package io.cardea.connectors.hivemq;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.migration.meta.PersistenceType;

/// What the broker's file has no word for. Its makers keep these for one process, in static fields.
final class BrokerInternals {
  /// Files that sessions and queues are spread over. Written into the data: never change it without
  /// carrying the data over.
  private static final int BUCKETS = 16;

  private BrokerInternals() {}

  /// After the builder, which lets everybody in, and before the start.
  static void set() {
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
    InternalConfigurations.PERSISTENCE_BUCKET_COUNT.set(BUCKETS);
    InternalConfigurations.PAYLOAD_PERSISTENCE_BUCKET_COUNT.set(BUCKETS);
    // The other kind takes a share of the machine's memory, outside of the heap.
    InternalConfigurations.PAYLOAD_PERSISTENCE_TYPE.set(PersistenceType.FILE);
    InternalConfigurations.RETAINED_MESSAGE_PERSISTENCE_TYPE.set(PersistenceType.FILE);
    // Messages on their way to one client: with the usual 50, a reader of a thousand a second would
    // fall behind as soon as an answer takes 50 ms.
    InternalConfigurations.MAX_INFLIGHT_WINDOW_SIZE_MESSAGES = 1_000;
    InternalConfigurations.PUBLISH_POLL_BATCH_SIZE = 200;
    InternalConfigurations.JMX_REPORTER_ENABLED.set(false);
    // Clients that are slow to say goodbye: each waits so long at the end.
    InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(100);
  }
}
