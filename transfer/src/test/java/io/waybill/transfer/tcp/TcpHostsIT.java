package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Several hosts, and several addresses of one. */
class TcpHostsIT {
  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private TcpFixture one;
  private TcpFixture two;

  @BeforeEach
  void start() throws IOException {
    one = new TcpFixture(directory.resolve("one"));
    two = new TcpFixture(directory.resolve("two"));
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  private WaybillServer.Builder both(int first, int second) {
    return TcpFixture.settings(first).orElse("127.0.0.1", second);
  }

  @Test
  void aHostThatCannotBeReachedIsPassedOver() throws IOException {
    Path source = one.file("a.bin", 100_000);
    int gone = one.server.port();
    one.server.close();
    try (TcpTransfer transfer = TcpTransfer.connect(both(gone, two.server.port()).build())) {
      transfer.upload(source, "a.bin");
    }
    assertThat(two.root.resolve("a.bin")).hasSameBinaryContentAs(source);
  }

  @Test
  void aHostThatShutsDownIsLeftForTheOther() throws IOException {
    Path source = one.file("a.bin", 100_000);
    try (TcpTransfer transfer =
        TcpTransfer.connect(both(one.server.port(), two.server.port()).build())) {
      transfer.upload(source, "before.bin");
      assertThat(one.root.resolve("before.bin")).exists();
      one.server.drain(Duration.ofSeconds(5));
      transfer.upload(source, "after.bin");
    }
    assertThat(two.root.resolve("after.bin")).hasSameBinaryContentAs(source);
  }

  @Test
  void aCutTransferGoesOnAtTheSameHost() throws IOException {
    Path source = one.file("a.bin", 20 << 20);
    try (FaultyProxy proxy = FaultyProxy.inFrontOf(one.server.port());
        TcpTransfer transfer = TcpTransfer.connect(both(proxy.port(), two.server.port()).build())) {
      proxy.arm(FaultPlan.once(Fault.RESET, Direction.TO_TARGET, 12 << 20));
      TransferReceipt receipt = transfer.upload(source, "a.bin");
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
    }
    assertThat(one.root.resolve("a.bin")).hasSameBinaryContentAs(source);
    assertThat(two.root.resolve("a.bin")).doesNotExist();
  }

  @Test
  void aRefusedLoginIsNotTriedElsewhere() {
    WaybillServer wrong =
        both(one.server.port(), two.server.port())
            .credentials(new Credentials(TcpFixture.USER, () -> "wrong"))
            .build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> TcpTransfer.connect(wrong))
        .withMessageContaining("127.0.0.1:" + one.server.port());
  }

  @Test
  void whenNoHostCanBeReachedTheErrorSaysSo() {
    int first = one.server.port();
    int second = two.server.port();
    one.server.close();
    two.server.close();
    WaybillServer none = both(first, second).backoff(TcpFixture.quick(2)).build();
    assertThatExceptionOfType(TransferException.Connection.class)
        .isThrownBy(() -> TcpTransfer.connect(none))
        .withMessageContaining("127.0.0.1:" + first);
  }

  @Test
  void roundRobinUsesBothHosts() throws IOException {
    Path source = one.file("a.bin", 1_000);
    WaybillServer server =
        both(one.server.port(), two.server.port()).balance(Balance.ROUND_ROBIN).build();
    for (int i = 0; i < 6; i++) {
      try (TcpTransfer transfer = TcpTransfer.connect(server)) {
        transfer.upload(source, "a" + i);
      }
    }
    long atOne = files(one);
    assertThat(atOne).isEqualTo(3);
    assertThat(files(two)).isEqualTo(3);
  }

  private static long files(TcpFixture fixture) throws IOException {
    try (var all = Files.list(fixture.root)) {
      return all.count();
    }
  }

  @Test
  void everyAddressOfANameIsTried() throws IOException {
    try (TransferServer second = two.newServer(0)) {
      WaybillServer named =
          WaybillServer.builder("files.example", second.port())
              .credentials(new Credentials(TcpFixture.USER, () -> TcpFixture.KEY))
              .plaintext()
              .resolver(
                  name ->
                      new InetAddress[] {
                        InetAddress.getByAddress(new byte[] {127, 0, 0, 3}),
                        InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
                      })
              .build();
      try (TcpTransfer transfer = TcpTransfer.connect(named)) {
        assertThat(transfer.list("", false)).isEmpty();
      }
    }
  }
}
