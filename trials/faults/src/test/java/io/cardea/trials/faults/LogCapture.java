package io.cardea.trials.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/// All that is logged in this process while it is open: the product's own lines from DEBUG up,
/// those of the libraries from INFO up.
final class LogCapture implements AutoCloseable {
  private static final String PRODUCT = "io.cardea";

  private final Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger product = logger(PRODUCT);
  private final Level rootBefore = root.getLevel();
  private final Optional<Level> productBefore = Optional.ofNullable(product.getLevel());
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  private LogCapture() {
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.INFO);
    product.setLevel(Level.DEBUG);
  }

  static LogCapture start() {
    return new LogCapture();
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  synchronized List<ILoggingEvent> events() {
    return List.copyOf(appender.list);
  }

  /// Everything as text: lines, arguments, causes, context.
  String text() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : events()) {
      text.append(event.getLoggerName()).append(' ').append(event.getFormattedMessage());
      for (Map.Entry<String, String> context : event.getMDCPropertyMap().entrySet()) {
        text.append(' ').append(context);
      }
      IThrowableProxy thrown = event.getThrowableProxy();
      if (thrown != null) {
        text.append('\n').append(ThrowableProxyUtil.asString(thrown));
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    root.setLevel(rootBefore);
    product.setLevel(productBefore.orElse(null));
    appender.stop();
  }
}
