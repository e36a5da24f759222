package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.server.UsersFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A planted key is in nothing that is written, printed or sent. */
class SecretsIT {
  private static final String PLANTED = "planted-key-7c1f";

  @TempDir Path directory;

  @Test
  void aKeyIsInNoMessageNoFileAndNotOnTheWire() throws IOException {
    StringWriter seen = new StringWriter();
    Path root = Files.createDirectories(directory.resolve("served"));
    Logger logger = (Logger) LoggerFactory.getLogger("io.waybill");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.TRACE);
    try (TransferServer server =
            TransferServer.builder(root).user("u", () -> PLANTED).plaintext().build().start();
        RecordingProxy proxy = new RecordingProxy(server.port())) {
      UsersFile users = new UsersFile(directory.resolve("users"));
      users.put("u", PLANTED, ".");
      WaybillServer settings =
          WaybillServer.builder("127.0.0.1", proxy.port())
              .credentials(new Credentials("u", () -> PLANTED))
              .plaintext()
              .build();
      try (TcpTransfer transfer = TcpTransfer.connect(settings)) {
        transfer.upload(Files.writeString(directory.resolve("a"), "content"), "a");
        note(seen, catchThrowable(() -> transfer.delete("nowhere")));
      }
      Throwable refused =
          catchThrowable(
              () ->
                  TcpTransfer.connect(
                      WaybillServer.builder("127.0.0.1", proxy.port())
                          .credentials(new Credentials("u", () -> PLANTED + "-wrong"))
                          .plaintext()
                          .build()));
      assertThat(refused).isInstanceOf(TransferException.Authentication.class);
      note(seen, refused);
      seen.append(settings.toString()).append(users.toString()).append(settings.credentials() + "");
      seen.append(proxy.recorded());
    } finally {
      logger.detachAppender(logged);
      logger.setLevel(null);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        seen.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      seen.append(event.getFormattedMessage());
    }
    assertThat(seen.toString())
        .contains("content", "nowhere", "SCRAM-SHA-256", "event=connection-refused")
        .doesNotContain(PLANTED);
  }

  private static void note(StringWriter seen, Throwable failure) {
    failure.printStackTrace(new PrintWriter(seen));
  }
}
