package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.tcp.access.CapReachedException.Cap;
import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Calls of one client go on side by side, each over a session of its own. */
class SessionPoolIT {
  private static final int SIZE = 3 << 20;
  private static final TransferOptions OPTIONS = TransferOptions.defaults();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private TcpFixture fixture;
  private ConnectionCaps caps;
  private TransferServer server;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
    serve(ConnectionCaps.builder());
  }

  private void serve(ConnectionCaps.Builder limits) {
    caps = limits.build();
    server =
        fixture.builder(0).user(TcpFixture.USER, () -> TcpFixture.KEY).caps(caps).build().start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    fixture.close();
  }

  private WaybillServer.Builder client() {
    return fixture.client(server.port());
  }

  private List<CompletableFuture<TransferReceipt>> uploads(TcpTransfer transfer, int count)
      throws IOException {
    List<CompletableFuture<TransferReceipt>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path source = fixture.file(i + ".bin", SIZE + i);
      all.add(transfer.uploadAsync(source, i + ".bin", OPTIONS));
    }
    return all;
  }

  private void assertArrived(List<CompletableFuture<TransferReceipt>> uploads) throws Exception {
    for (int i = 0; i < uploads.size(); i++) {
      assertThat(uploads.get(i).get().bytes()).isEqualTo(SIZE + i);
      assertThat(fixture.root.resolve(i + ".bin"))
          .hasSameBinaryContentAs(fixture.local.resolve(i + ".bin"));
    }
  }

  @Test
  void asManyCallsGoOnAtOnceAsTheClientMayAndTheOthersFollow() throws Exception {
    WaybillServer slow = client().sessions(2).rateLimit(RateLimit.of("6MiB/s")).build();
    try (TcpTransfer transfer = TcpTransfer.connect(slow)) {
      List<CompletableFuture<TransferReceipt>> uploads = uploads(transfer, 3);
      Awaitility.await().until(() -> caps.sessions() == 2);
      assertArrived(uploads);
      assertThat(caps.sessions()).isEqualTo(2);
    }
  }

  @Test
  void cancellingOneCallLeavesTheOthersAlone() throws Exception {
    WaybillServer slow = client().rateLimit(RateLimit.of("4MiB/s")).build();
    try (TcpTransfer transfer = TcpTransfer.connect(slow)) {
      List<CompletableFuture<TransferReceipt>> uploads = uploads(transfer, 2);
      Awaitility.await().until(() -> caps.sessions() == 2);
      CompletableFuture<TransferReceipt> cancelled =
          transfer.uploadAsync(fixture.file("c.bin", SIZE), "c.bin", OPTIONS);
      Awaitility.await().until(() -> caps.sessions() == 3);
      assertThat(cancelled.cancel(true)).isTrue();
      Awaitility.await().until(() -> caps.sessions() == 2);
      assertArrived(uploads);
      assertThat(uploads).allSatisfy(each -> assertThat(each.get().reconnects()).isZero());
    }
  }

  @Test
  void callsWaitForEachOtherWhereTheServerHasNoRoomForMore() throws Exception {
    server.close();
    serve(ConnectionCaps.builder().limit(Cap.SESSIONS, 1));
    WaybillServer impatient = client().backoff(TcpFixture.quick(1)).build();
    try (TcpTransfer transfer = TcpTransfer.connect(impatient)) {
      assertArrived(uploads(transfer, 3));
    }
  }

  @Test
  void closingEndsTheCallsUnderWayAndThoseThatWait() throws Exception {
    WaybillServer slow = client().sessions(1).rateLimit(RateLimit.of("1MiB/s")).build();
    TcpTransfer transfer = TcpTransfer.connect(slow);
    List<CompletableFuture<TransferReceipt>> uploads = uploads(transfer, 2);
    Awaitility.await().until(() -> !fixture.partFiles().isEmpty());
    transfer.close();
    transfer.close();
    for (CompletableFuture<TransferReceipt> each : uploads) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(each::get)
          .withCauseInstanceOf(TransferException.Connection.class);
    }
    assertThatExceptionOfType(TransferException.Connection.class)
        .isThrownBy(() -> transfer.stat("0.bin"))
        .withMessageContaining("is closed");
  }
}
