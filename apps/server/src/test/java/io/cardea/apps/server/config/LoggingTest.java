package io.cardea.apps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
  @AfterEach
  void restore() throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    new ContextInitializer(context).autoConfig();
  }

  @Test
  void text_isOneLineAnEventAtTheLevelAsked() {
    String log = logged(new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT));

    assertThat(log).contains("INFO  Thing seen").doesNotContain("unseen").endsWith("\n");
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void json_isOneObjectALine() {
    String log = logged(new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.JSON));

    assertThat(log.lines()).hasSize(2);
    JsonNode first = JsonMapper.shared().readTree(log.lines().findFirst().orElse(""));
    assertThat(first.path("level").asString()).isEqualTo("DEBUG");
  }

  private static String logged(LogSettings settings) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Logging.start(settings);
      Logger ours = LoggerFactory.getLogger("io.cardea.some.Thing");
      ours.debug("unseen");
      ours.info("seen");
      LoggerFactory.getLogger("io.netty.Foreign").info("unseen");
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
