package io.cardea.apps.server.config;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns on the log of a server: to standard output, for whatever collects it. Until then, warnings
/// alone are shown, on standard error, as a command line wants it.
public final class Logging {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level %logger{0} %msg%n%ex{12}";

  private Logging() {}

  public static void start(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(
        switch (settings.format()) {
          case TEXT -> text(context);
          case JSON -> json(context);
        });
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    // What we stand on speaks up when something is wrong; its details are asked for by `trace`.
    root.setLevel(
        settings.level() == LogSettings.Level.TRACE
            ? ch.qos.logback.classic.Level.DEBUG
            : ch.qos.logback.classic.Level.WARN);
    quiet(context);
    context
        .getLogger("io.cardea")
        .setLevel(ch.qos.logback.classic.Level.toLevel(settings.level().name()));
  }

  /// What others say with each connection, or about themselves.
  static void quiet(LoggerContext context) {
    // A stranger who does not speak TLS would write a stack trace with each connection.
    context
        .getLogger("com.linecorp.armeria.server.HttpServerPipelineConfigurator")
        .setLevel(ch.qos.logback.classic.Level.ERROR);
    // It warns that it is configured as it is.
    context.getLogger("com.hivemq").setLevel(ch.qos.logback.classic.Level.ERROR);
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(LINE);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
