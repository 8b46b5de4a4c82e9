package io.cardea.trials.arrows.planted.life;

import ch.qos.logback.classic.Level;
import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.hivemq.client.mqtt.MqttClient;
import com.linecorp.armeria.common.HttpStatus;
import com.zaxxer.hikari.HikariConfig;
import io.micrometer.core.instrument.Tag;
import io.netty.buffer.ByteBuf;
import io.opentelemetry.api.trace.Tracer;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.util.PGobject;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

final class KnowsEveryFramework {
  private KnowsEveryFramework() {}

  static List<Class<?>> all() {
    return List.of(
        AmazonCorrettoCryptoProvider.class,
        ByteBuf.class,
        CommandLine.class,
        Flyway.class,
        HikariConfig.class,
        HttpStatus.class,
        Jdbi.class,
        JsonNode.class,
        Level.class,
        MqttClient.class,
        PGobject.class,
        SQLException.class,
        Tag.class,
        Tracer.class);
  }
}
