package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.Digest;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** One file over several connections. */
class TcpStreamsIT {
  private static final long SIZE = (96 << 20) + 777;

  /** A further stream has to have joined, and have its share, before the file is through. */
  private static final RateLimit UNHURRIED = RateLimit.of("96MiB");

  private static final int STRIKE_AT = 4_000_000;
  private static final TransferOptions TREE =
      TransferOptions.builder().digest(Digest.Algorithm.SHA_256_TREE).build();

  @TempDir static Path directory;
  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private static WaybillServer settings(int port, int streams) {
    return TcpFixture.settings(port).streams(streams).build();
  }

  @Test
  void aFileGoesUpAndDownOverThreeConnections() throws IOException {
    Path place = Files.createTempDirectory(directory, "case");
    try (TcpFixture fixture = new TcpFixture(place);
        FaultyProxy proxy = FaultyProxy.inFrontOf(fixture.server.port());
        TcpTransfer transfer = TcpTransfer.connect(settings(proxy.port(), 3))) {
      Path source = fixture.file("source.bin", SIZE);
      transfer.upload(source, "up.bin", TREE);
      assertThat(Files.mismatch(fixture.root.resolve("up.bin"), source)).isEqualTo(-1);
      assertThat(proxy.connections()).isBetween(2, 3);

      Path back = fixture.local.resolve("back.bin");
      transfer.download("up.bin", back, TREE);
      assertThat(Files.mismatch(back, source)).isEqualTo(-1);
      assertThat(proxy.connections()).as("streams stay with the session").isLessThanOrEqualTo(3);
    }
  }

  @Test
  void streamsThatEndWithTheSessionAreNotToldAsLost() throws IOException {
    Path place = Files.createTempDirectory(directory, "case");
    Logger logger = (Logger) LoggerFactory.getLogger(ClientSession.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.INFO);
    try (TcpFixture fixture = new TcpFixture(place);
        FaultyProxy proxy = FaultyProxy.inFrontOf(fixture.server.port())) {
      TcpTransfer transfer = TcpTransfer.connect(settings(proxy.port(), 3));
      transfer.upload(fixture.file("source.bin", SIZE), "up.bin", TREE);
      assertThat(proxy.connections()).isBetween(2, 3);
      transfer.close();
      await()
          .until(
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                      .noneMatch(each -> each.getName().startsWith("waybill-client-")));
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(each -> each.contains("stream-lost"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT", "RESET", "STALL", "CORRUPT_ONE_BYTE"})
  void aFurtherStreamThatIsLostDoesNotFailAnUpload(Fault fault) throws IOException {
    Path place = Files.createTempDirectory(directory, "case");
    try (TcpFixture fixture = new TcpFixture(place, Duration.ofMillis(1500));
        FaultyProxy proxy = FaultyProxy.inFrontOf(fixture.server.port())) {
      Path source = fixture.file("source.bin", SIZE);
      SecondConnection sockets = new SecondConnection(proxy.port());
      try (TcpTransfer transfer =
          TcpTransfer.connect(
              TcpFixture.settings(fixture.server.port())
                  .socketFactory(sockets)
                  .idleTimeout(Duration.ofMillis(1500))
                  .rateLimit(UNHURRIED)
                  .streams(2)
                  .build())) {
        proxy.arm(FaultPlan.once(fault, Direction.TO_TARGET, STRIKE_AT));
        TransferReceipt receipt = transfer.upload(source, "up.bin", TREE);
        assertThat(proxy.strikes()).isEqualTo(1);
        assertThat(receipt.reconnects()).isZero();
        assertThat(receipt.attempts()).isEqualTo(1);
      }
      assertThat(Files.mismatch(fixture.root.resolve("up.bin"), source)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT", "RESET", "STALL", "CORRUPT_ONE_BYTE"})
  void aFurtherStreamThatIsLostDoesNotFailADownload(Fault fault) throws IOException {
    Path place = Files.createTempDirectory(directory, "case");
    try (TcpFixture fixture = new TcpFixture(place, Duration.ofMillis(1500));
        FaultyProxy proxy = FaultyProxy.inFrontOf(fixture.server.port())) {
      Path source = fixture.file("source.bin", SIZE);
      Files.copy(source, fixture.root.resolve("source.bin"));
      Path back = fixture.local.resolve("back.bin");
      SecondConnection sockets = new SecondConnection(proxy.port());
      try (TcpTransfer transfer =
          TcpTransfer.connect(
              TcpFixture.settings(fixture.server.port())
                  .socketFactory(sockets)
                  .idleTimeout(Duration.ofMillis(1500))
                  .rateLimit(UNHURRIED)
                  .streams(2)
                  .build())) {
        proxy.arm(FaultPlan.once(fault, Direction.TO_CLIENT, STRIKE_AT));
        TransferReceipt receipt = transfer.download("source.bin", back, TREE);
        assertThat(proxy.strikes()).isEqualTo(1);
        assertThat(receipt.reconnects()).isZero();
      }
      assertThat(Files.mismatch(back, source)).isEqualTo(-1);
    }
  }
}
