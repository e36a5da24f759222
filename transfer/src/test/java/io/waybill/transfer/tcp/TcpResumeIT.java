package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.tcp.wire.Limits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpResumeIT {
  private static final long SIZE = 24 << 20;
  private static final long SLACK = 200_000;

  @TempDir Path directory;
  private TcpFixture fixture;
  private CuttingProxy proxy;

  TcpFixture newFixture(Path place) throws IOException {
    return new TcpFixture(place);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = newFixture(directory);
    proxy = new CuttingProxy(fixture.server.port());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Digest.Algorithm.class,
      names = {"SHA_256", "SHA_256_TREE"})
  void anUploadThatIsCutGoesOnWhereItStopped(Digest.Algorithm digest) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.cutAfterToServer.set(15_000_000);
      TransferReceipt receipt =
          transfer.upload(source, "a.bin", TransferOptions.builder().digest(digest).build());

      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.bytesResumed()).isBetween(5L << 20, 15L << 20);
      assertThat(receipt.digest()).isPresent();
    }
    assertSame(fixture.root.resolve("a.bin"), source);
    assertThat(proxy.bytesToServer.get()).isLessThan(SIZE + Limits.WINDOW_START_BYTES + SLACK);
    assertThat(fixture.partFiles()).isEmpty();
  }

  @Test
  void aDownloadThatIsCutGoesOnWhereItStopped() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    Files.copy(source, fixture.root.resolve("a.bin"));
    Path target = fixture.local.resolve("back.bin");
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.cutAfterToClient.set(15_000_000);
      TransferReceipt receipt = transfer.download("a.bin", target);

      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isBetween(5L << 20, 15L << 20);
    }
    assertSame(target, source);
    assertThat(proxy.bytesToClient.get()).isLessThan(SIZE + Limits.WINDOW_START_BYTES + SLACK);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatRottedBetweenTwoTriesIsSentAgain(boolean isUpload) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    Files.copy(source, fixture.root.resolve("served.bin"));
    Path back = fixture.local.resolve("back.bin");
    WaybillServer impatient = fixture.client(proxy.port()).backoff(TcpFixture.quick(1)).build();
    try (TcpTransfer transfer = TcpTransfer.connect(impatient)) {
      (isUpload ? proxy.cutAfterToServer : proxy.cutAfterToClient).set(15_000_000);
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> copy(transfer, isUpload, source, back));
    }
    rot(isUpload ? fixture.root : fixture.local, 1);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      TransferReceipt receipt = copy(transfer, isUpload, source, back);
      assertThat(receipt.attempts()).isEqualTo(2);
    }
    assertSame(isUpload ? fixture.root.resolve("a.bin") : back, source);
    assertThat(fixture.partFiles()).isEmpty();
  }

  private static TransferReceipt copy(
      TcpTransfer transfer, boolean isUpload, Path source, Path back) {
    return isUpload ? transfer.upload(source, "a.bin") : transfer.download("served.bin", back);
  }

  private static void rot(Path directory, int parts) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, ".*.wbpart")) {
      for (Path each : found) {
        parts--;
        try (RandomAccessFile file = new RandomAccessFile(each.toFile(), "rw")) {
          file.seek(100);
          int was = file.read();
          file.seek(100);
          file.write(was ^ 1);
        }
      }
    }
    assertThat(parts).isZero();
  }

  @Test
  void anotherClientGoesOnWhereTheFirstStopped() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    WaybillServer impatient = fixture.client(proxy.port()).backoff(TcpFixture.quick(1)).build();
    try (TcpTransfer transfer = TcpTransfer.connect(impatient)) {
      proxy.cutAfterToServer.set(15_000_000);
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> transfer.upload(source, "a.bin"));
    }
    assertThat(fixture.root.resolve("a.bin")).doesNotExist();
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      assertThat(transfer.list("", true)).isEmpty();
      assertThat(transfer.upload(source, "a.bin").bytesResumed()).isGreaterThan(5 << 20);
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void aSourceThatWasReplacedMeanwhileIsNotMixedWithTheOld() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    WaybillServer impatient = fixture.client(proxy.port()).backoff(TcpFixture.quick(1)).build();
    try (TcpTransfer transfer = TcpTransfer.connect(impatient)) {
      proxy.cutAfterToServer.set(15_000_000);
      assertThatThrownBy(() -> transfer.upload(source, "a.bin"))
          .isInstanceOf(TransferException.class);
    }
    byte[] other = Files.readAllBytes(source);
    other[0] ^= 1;
    Files.write(source, other);
    Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      assertThat(transfer.upload(source, "a.bin").bytesResumed()).isZero();
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @ParameterizedTest
  @EnumSource(
      value = Digest.Algorithm.class,
      names = {"SHA_256", "SHA_256_TREE"})
  void aSourceThatLiesAboutItsIdentityIsFoundOut(Digest.Algorithm digest) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    FileTime time = Files.getLastModifiedTime(source);
    WaybillServer impatient = fixture.client(proxy.port()).backoff(TcpFixture.quick(1)).build();
    try (TcpTransfer transfer = TcpTransfer.connect(impatient)) {
      proxy.cutAfterToServer.set(15_000_000);
      assertThatThrownBy(() -> transfer.upload(source, "a.bin"))
          .isInstanceOf(TransferException.class);
    }
    byte[] other = Files.readAllBytes(source);
    other[0] ^= 1;
    Files.write(source, other);
    Files.setLastModifiedTime(source, time);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      transfer.upload(source, "a.bin", TransferOptions.builder().digest(digest).build());
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void aServerThatWasRestartedGoesOn() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    AtomicBoolean isRestarted = new AtomicBoolean();
    Backoff restarting =
        Backoff.builder()
            .sleeper(
                duration -> {
                  if (!isRestarted.getAndSet(true)) {
                    fixture.server.close();
                    fixture.server = fixture.newServer(0);
                    proxy.redirect(fixture.server.port());
                  }
                })
            .build();
    try (TcpTransfer transfer =
        TcpTransfer.connect(fixture.client(proxy.port()).backoff(restarting).build())) {
      proxy.cutAfterToServer.set(15_000_000);
      assertThat(transfer.upload(source, "a.bin").bytesResumed()).isGreaterThan(5 << 20);
    }
    assertThat(isRestarted).isTrue();
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @ParameterizedTest
  @EnumSource(
      value = TargetPolicy.class,
      names = {"SKIP_EQUAL", "REPLACE", "FAIL"})
  void aCommitWhoseAnswerIsLostIsAnsweredAgain(TargetPolicy policy) throws IOException {
    TransferOptions options =
        TransferOptions.builder().targetPolicy(policy).atLeast(Verification.DIGEST).build();
    Path first = fixture.file("a.bin", 4_000_000);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      transfer.upload(first, "warm-up.bin", options);
      long before = proxy.bytesToClient.get();
      transfer.upload(first, "rehearsal.bin", options);
      long answers = proxy.bytesToClient.get() - before;

      proxy.bytesToServer.set(0);
      proxy.cutAfterToClient.set(answers - 1);
      TransferReceipt receipt = transfer.upload(first, "a.bin", options);

      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.skippedBecauseEqual()).isFalse();
      assertThat(receipt.verification()).isEqualTo(Verification.READ_BACK);
      assertThat(proxy.bytesToServer.get()).isLessThan(4_000_000 + SLACK);
    }
    assertSame(fixture.root.resolve("a.bin"), first);
  }

  @ParameterizedTest
  @ValueSource(longs = {1_200_000, 5_000_000, 7_900_000})
  void aByteThatIsSpoiltOnTheWayIsAskedForAgain(long at) throws IOException {
    Path source = fixture.file("a.bin", 8_000_000);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.spoilAfterToServer.set(at);
      TransferReceipt receipt = transfer.upload(source, "a.bin");

      if (fixture.isSecured()) {
        assertThat(receipt.reconnects()).isEqualTo(1); // a record that is spoilt ends TLS
      } else {
        assertThat(receipt.reconnects()).isZero();
        assertThat(proxy.bytesToServer.get())
            .isBetween(8_000_000L + 300_000, 8_000_000 + 1_300_000L);
      }
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void aSpoiltHeaderEndsTheConnectionAndTheFileGoesOn() throws IOException {
    Path source = fixture.file("a.bin", 8_000_000);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.spoilAfterToServer.set(6); // the stream number of the OFFER
      assertThat(transfer.upload(source, "a.bin").reconnects()).isEqualTo(1);
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void ofTwoClientsOnOneTargetOneWinsWhole() throws Exception {
    Path one = fixture.file("one.bin", 16_000_000);
    Path two = fixture.file("two.bin", 16_000_001);
    try (TcpTransfer first = fixture.connect(fixture.server.port());
        TcpTransfer second = fixture.connect(fixture.server.port())) {
      TransferOptions options = TransferOptions.defaults();
      CompletableFuture<TransferReceipt> a = first.uploadAsync(one, "same.bin", options);
      CompletableFuture<TransferReceipt> b = second.uploadAsync(two, "same.bin", options);
      a.get();
      b.get();
    }
    Path target = fixture.root.resolve("same.bin");
    assertThat(Files.mismatch(target, one) == -1 || Files.mismatch(target, two) == -1).isTrue();
    assertThat(fixture.partFiles()).isEmpty();
  }

  @Test
  void aCancelledUploadStopsPromptlyAndIsKeptForAResume() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.isServerMute = true;
      long before = proxy.bytesToServer.get();
      CompletableFuture<TransferReceipt> future =
          transfer.uploadAsync(source, "a.bin", TransferOptions.defaults());
      Awaitility.await().until(() -> proxy.bytesToServer.get() > before);
      assertThat(future.cancel(true)).isTrue();
      proxy.isServerMute = false;
      assertThat(transfer.upload(source, "a.bin").bytes()).isEqualTo(SIZE);
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void aSilentServerIsATimeout() {
    WaybillServer impatient =
        fixture
            .client(proxy.port())
            .idleTimeout(Duration.ofMillis(300))
            .loginTimeout(Duration.ofMillis(300))
            .backoff(TcpFixture.quick(2))
            .build();
    proxy.isServerMute = true;
    assertThatExceptionOfType(TransferException.Timeout.class)
        .isThrownBy(() -> TcpTransfer.connect(impatient))
        .withMessageContaining("longer than the 300 ms allowed")
        .withMessageContaining("tried 2 times");
  }

  @Test
  void aServerThatIsNotThereIsTriedAFewTimes() throws IOException {
    int port = fixture.server.port();
    fixture.server.close();
    AtomicInteger waits = new AtomicInteger();
    Backoff counting =
        Backoff.builder().mostFailures(4).sleeper(wait -> waits.incrementAndGet()).build();
    assertThatExceptionOfType(TransferException.Connection.class)
        .isThrownBy(() -> TcpTransfer.connect(fixture.client(port).backoff(counting).build()))
        .withMessageContaining("127.0.0.1:" + port)
        .withMessageMatching("(?s).*\\(tried 4 times in [0-9]+ s\\)");
    assertThat(waits).hasValue(3);
  }

  @Test
  void aRenameWhoseAnswerIsLostIsAmbiguous() throws IOException {
    Files.writeString(fixture.root.resolve("a"), "a");
    try (TcpTransfer transfer = fixture.connect(proxy.port())) {
      transfer.stat("a");
      long before = proxy.bytesToClient.get();
      transfer.stat("");
      proxy.cutAfterToClient.set(proxy.bytesToClient.get() - before + 5);
      assertThatExceptionOfType(TransferException.Ambiguous.class)
          .isThrownBy(() -> transfer.rename("a", "b"));
    }
    assertThat(fixture.root.resolve("b")).hasContent("a");
  }

  @Test
  void drainingLetsATransferFinishAndTakesNoOther() throws Exception {
    Path source = fixture.file("a.bin", SIZE);
    try (TcpTransfer busy = fixture.connect(fixture.server.port());
        TcpTransfer atRest =
            TcpTransfer.connect(
                fixture.client(fixture.server.port()).backoff(TcpFixture.quick(1)).build())) {
      AtomicBoolean isDrained = new AtomicBoolean();
      Thread[] drainer = new Thread[1];
      TransferOptions options =
          TransferOptions.builder()
              .listener(
                  progress -> {
                    if (drainer[0] == null) {
                      drainer[0] =
                          new Thread(
                              () -> isDrained.set(fixture.server.drain(Duration.ofSeconds(30))));
                      drainer[0].start();
                    }
                  })
              .build();
      assertThat(busy.upload(source, "a.bin", options).reconnects()).isZero();
      drainer[0].join();
      assertThat(isDrained).isTrue();
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> atRest.upload(source, "b.bin"))
          .matches(TransferException::isTransient);
    }
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(Files.mismatch(actual, expected)).isEqualTo(-1);
  }
}
