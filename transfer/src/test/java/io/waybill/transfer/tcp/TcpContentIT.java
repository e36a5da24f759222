package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Use;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one file's exchange can do beyond moving it: identities, modes, names, less on the way. */
class TcpContentIT {
  private static final int MIB = 1 << 20;
  private static final int SLACK = 200_000;

  @TempDir Path directory;
  private TcpFixture fixture;
  private CuttingProxy proxy;
  private TcpTransfer transfer;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
    proxy = new CuttingProxy(fixture.server.port());
    transfer = fixture.connect(proxy.port());
  }

  @AfterEach
  void stop() throws IOException {
    transfer.close();
    proxy.close();
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Digest.Algorithm.class,
      names = {"SHA_256", "SHA_512", "SHA_1", "MD5", "SHA_256_TREE"})
  void theDigestAskedForIsOnTheReceiptEitherWay(Digest.Algorithm algorithm) throws IOException {
    Path source = fixture.file("a.bin", 3 * MIB + 5);
    TransferOptions options = TransferOptions.builder().digest(algorithm).build();
    assertThat(transfer.upload(source, "a.bin", options).digest())
        .contains(digest(source, algorithm));
    assertThat(transfer.download("a.bin", local("b"), options).digest())
        .contains(digest(source, algorithm));
  }

  @Test
  void withCrc32cTheReceiptCarriesItAndTheLevelIsSizeAndTime() throws IOException {
    Path source = fixture.sparse("a.bin", 20 * MIB + 3);
    TransferOptions options = TransferOptions.builder().integrity(Integrity.CRC32C).build();
    Digest expected = digest(source, Digest.Algorithm.CRC32C);
    TransferReceipt up = transfer.upload(source, "a.bin", options);
    assertThat(up.digest()).contains(expected);
    assertThat(up.verification()).isEqualTo(Verification.SIZE_MTIME);
    TransferReceipt down = transfer.download("a.bin", local("b"), options);
    assertThat(down.digest()).contains(expected);
    assertThat(down.verification()).isEqualTo(Verification.SIZE_MTIME);
    assertSame(local("b"), source);

    TransferOptions proven = options.toBuilder().atLeast(Verification.READ_BACK).build();
    TransferReceipt read = transfer.download("a.bin", local("c"), proven);
    assertThat(read.verification()).isEqualTo(Verification.READ_BACK);
    assertThat(read.digest()).contains(expected);
    TransferReceipt there = transfer.upload(source, "a.bin", proven);
    assertThat(there.skippedBecauseEqual()).isTrue();
    assertThat(there.verification()).isEqualTo(Verification.READ_BACK);
  }

  @Test
  void withCrc32cAPlainDigestRunsAlong() throws IOException {
    Path source = fixture.file("a.bin", 2 * MIB);
    TransferOptions options =
        TransferOptions.builder()
            .integrity(Integrity.CRC32C)
            .digest(Digest.Algorithm.SHA_256)
            .build();
    assertThat(transfer.upload(source, "a.bin", options).digest())
        .contains(digest(source, Digest.Algorithm.SHA_256));
  }

  @Test
  void crc32cBesideTheTreeIsAConfigurationError() throws IOException {
    Path source = fixture.file("a.bin", 1);
    TransferOptions options = TransferOptions.builder().digest(Digest.Algorithm.CRC32C).build();
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> transfer.upload(source, "a.bin", options))
        .withMessageContaining("choose the integrity instead");
  }

  @ParameterizedTest
  @EnumSource(Integrity.class)
  void aCutTransferGoesOnEitherWay(Integrity integrity) throws IOException {
    Path source = fixture.file("a.bin", 24 * MIB);
    TransferOptions options = TransferOptions.builder().integrity(integrity).build();
    proxy.cutAfterToServer.set(15_000_000);
    TransferReceipt up = transfer.upload(source, "a.bin", options);
    assertThat(up.bytesResumed()).isBetween(5L * MIB, 15L * MIB);
    assertThat(up.bytesSent()).isBetween(24L * MIB, 32L * MIB + SLACK);
    proxy.cutAfterToClient.set(15_000_000);
    TransferReceipt down = transfer.download("a.bin", local("b"), options);
    assertThat(down.bytesResumed()).isBetween(5L * MIB, 15L * MIB);
    assertSame(fixture.root.resolve("a.bin"), source);
    assertSame(local("b"), source);
  }

  @Test
  void permissionsTravelBothWaysUnlessTheyShallNot() throws IOException {
    Path source = fixture.file("a.bin", 100);
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-x--x"));
    transfer.upload(source, "a.bin");
    assertThat(mode(fixture.root.resolve("a.bin"))).isEqualTo("rwxr-x--x");
    transfer.download("a.bin", local("b"));
    assertThat(mode(local("b"))).isEqualTo("rwxr-x--x");

    TransferOptions plain = TransferOptions.builder().preserveMode(false).build();
    transfer.upload(source, "c.bin", plain);
    transfer.download("a.bin", local("d"), plain);
    assertThat(mode(fixture.root.resolve("c.bin"))).doesNotContain("x");
    assertThat(mode(local("d"))).doesNotContain("x");
  }

  @Test
  void missingDirectoriesAreMadeWhenAskedFor() throws IOException {
    Path source = fixture.file("a.bin", 100);
    TransferOptions options = TransferOptions.builder().makeParents(true).build();
    transfer.upload(source, "in/deep/a.bin", options);
    assertSame(fixture.root.resolve("in/deep/a.bin"), source);
    Path target = local("out").resolve("deep").resolve("a.bin");
    transfer.download("in/deep/a.bin", target, options);
    assertSame(target, source);
    assertThatExceptionOfType(TransferException.class)
        .isThrownBy(() -> transfer.upload(source, "in/../../x/a.bin", options));
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void aTakenNameIsLeftAloneAndTheReceiptTellsTheNewOne() throws IOException {
    Path source = fixture.file("a.bin", 100);
    Files.createDirectory(fixture.root.resolve("in"));
    Files.writeString(fixture.root.resolve("in/a.bin"), "old");
    TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.RENAME).build();
    TransferReceipt up = transfer.upload(source, "in/a.bin", options);
    assertThat(up.target().toString()).endsWith("/in/a (2).bin");
    assertSame(fixture.root.resolve("in/a (2).bin"), source);
    assertThat(fixture.root.resolve("in/a.bin")).hasContent("old");

    Files.writeString(local("b.bin"), "old");
    TransferReceipt down = transfer.download("in/a (2).bin", local("b.bin"), options);
    assertThat(down.target().toString()).contains("b (2).bin");
    assertSame(local("b (2).bin"), source);
    assertThat(local("b.bin")).hasContent("old");
  }

  @Test
  void aRenamedOneWhoseAnswerIsLostIsFoundAgain() throws IOException {
    Path source = fixture.file("a.bin", 4_000_000);
    Files.writeString(fixture.root.resolve("a.bin"), "old");
    Files.writeString(fixture.root.resolve("r.bin"), "old");
    TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.RENAME).build();
    loseTheAnswer(source, "r.bin", options);
    TransferReceipt receipt = transfer.upload(source, "a.bin", options);
    assertThat(receipt.reconnects()).isEqualTo(1);
    assertThat(receipt.target().toString()).endsWith("/a (2).bin");
    assertSame(fixture.root.resolve("a (2).bin"), source);
    assertThat(fixture.root.resolve("a (3).bin")).doesNotExist();
  }

  @Test
  void bytesAreAppended() throws IOException {
    Path source = fixture.file("a.bin", 2 * MIB);
    Files.writeString(fixture.root.resolve("a.bin"), "old");
    Files.writeString(local("b.bin"), "old");
    TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.APPEND).build();
    transfer.upload(source, "a.bin", options);
    assertThat(Files.size(fixture.root.resolve("a.bin"))).isEqualTo(2 * MIB + 3);
    Files.copy(source, fixture.root.resolve("c.bin"));
    transfer.download("c.bin", local("b.bin"), options);
    assertThat(local("b.bin")).hasSameBinaryContentAs(fixture.root.resolve("a.bin"));
  }

  @Test
  void anAppendWhoseAnswerIsLostIsAmbiguousAndHappenedOnce() throws IOException {
    Path source = fixture.file("a.bin", 4_000_000);
    Files.writeString(fixture.root.resolve("a.bin"), "old");
    Files.writeString(fixture.root.resolve("r.bin"), "old");
    TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.APPEND).build();
    loseTheAnswer(source, "r.bin", options);
    assertThatExceptionOfType(TransferException.Ambiguous.class)
        .isThrownBy(() -> transfer.upload(source, "a.bin", options))
        .withMessageContaining("may have been appended or not");
    assertThat(Files.size(fixture.root.resolve("a.bin"))).isEqualTo(4_000_003);
  }

  @Test
  void anAppendThatIsCutBeforeItsCommitGoesOn() throws IOException {
    Path source = fixture.file("a.bin", 8 * MIB);
    Files.writeString(fixture.root.resolve("a.bin"), "old");
    TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.APPEND).build();
    proxy.cutAfterToServer.set(5_000_000);
    assertThat(transfer.upload(source, "a.bin", options).reconnects()).isEqualTo(1);
    assertThat(Files.size(fixture.root.resolve("a.bin"))).isEqualTo(8 * MIB + 3);
  }

  // sends it once under another name to see how long the answers are, and cuts the next one's last
  private void loseTheAnswer(Path source, String rehearsal, TransferOptions options) {
    transfer.upload(source, "warm-up.bin", options);
    long before = proxy.bytesToClient.get();
    transfer.upload(source, rehearsal, options);
    proxy.cutAfterToClient.set(proxy.bytesToClient.get() - before - 1);
  }

  @Test
  void whatShrinksIsCompressedWhenAskedFor() throws IOException {
    Path source = fixture.text("a.txt", 8 * MIB);
    TransferOptions options = TransferOptions.builder().compression(Use.ALWAYS).build();
    TransferReceipt receipt = transfer.upload(source, "a.txt", options);
    assertThat(receipt.bytesSent()).isLessThan(2 * MIB);
    assertThat(receipt.bytesResumed()).isZero();
    assertThat(proxy.bytesToServer.get()).isLessThan(receipt.bytesSent() + SLACK);
    assertSame(fixture.root.resolve("a.txt"), source);

    TransferReceipt noise = transfer.upload(fixture.file("b", 2 * MIB), "b", options);
    assertThat(noise.bytesSent()).isEqualTo(2 * MIB);
    TransferOptions never = TransferOptions.builder().compression(Use.NEVER).build();
    assertThat(transfer.upload(source, "c.txt", never).bytesSent()).isEqualTo(8 * MIB);
  }

  @Test
  void onASlowLinkWhatShrinksIsCompressedOfItselfBothWays() throws IOException {
    Path source = fixture.text("a.txt", 24 * MIB);
    proxy.bytesPerSecond = 30_000_000;
    TransferReceipt up = transfer.upload(source, "a.txt");
    assertThat(up.bytesSent()).isLessThan(16 * MIB);
    TransferReceipt down = transfer.download("a.txt", local("b.txt"));
    assertThat(down.bytesSent()).isLessThan(16 * MIB);
    assertSame(fixture.root.resolve("a.txt"), source);
    assertSame(local("b.txt"), source);
  }

  @Test
  void onlyWhatDiffersFromTheOldTargetTravels() throws IOException {
    Path old = fixture.file("old.bin", 12 * MIB + 100);
    Path source = local("new.bin");
    Files.copy(old, source);
    overwrite(source, 5 * MIB + 17);
    Files.write(source, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    TransferOptions options = TransferOptions.builder().delta(Use.ALWAYS).build();

    transfer.upload(old, "a.bin");
    long before = proxy.bytesToServer.get();
    TransferReceipt up = transfer.upload(source, "a.bin", options);
    assertThat(up.bytesReused()).isEqualTo(11L * MIB);
    assertThat(up.bytesSent()).isEqualTo(MIB + 103);
    assertThat(up.bytesResumed()).isZero();
    assertThat(up.verification()).isEqualTo(Verification.DIGEST);
    assertThat(proxy.bytesToServer.get() - before).isLessThan(MIB + SLACK);
    assertSame(fixture.root.resolve("a.bin"), source);

    Path target = local("target.bin");
    Files.copy(old, target);
    TransferReceipt down = transfer.download("a.bin", target, options);
    assertThat(down.bytesReused()).isEqualTo(11L * MIB);
    assertThat(down.bytesSent()).isEqualTo(MIB + 103);
    assertSame(target, source);
    assertThat(fixture.partFiles()).isEmpty();
  }

  @Test
  void aConnectThatWasSlowOnlyOnceIsNotTakenForALongWay() throws IOException {
    Path old = fixture.file("old.bin", 10 * MIB);
    transfer.upload(old, "a.bin");
    overwrite(old, 0);
    try (TcpTransfer near = TcpTransfer.connect(slowToConnect(Duration.ofMillis(5)))) {
      assertThat(near.upload(old, "a.bin").bytesReused()).isZero();
    }
  }

  @Test
  void theOldTargetIsUsedOfItselfIfTheWayIsLongAndTheFileLarge() throws IOException {
    Path old = fixture.file("old.bin", 10 * MIB);
    Path small = fixture.file("small.bin", 2 * MIB);
    transfer.upload(old, "a.bin");
    transfer.upload(small, "small.bin");
    overwrite(old, 0);
    overwrite(small, 0);
    WaybillServer far = slowToConnect(Duration.ofMillis(30));
    try (TcpTransfer distant = TcpTransfer.connect(far)) {
      assertThat(distant.upload(old, "a.bin").bytesReused()).isEqualTo(9L * MIB);
      assertThat(distant.upload(old, "new.bin").bytesReused()).isZero();
      assertThat(distant.upload(small, "small.bin").bytesReused()).isZero();
      Path target = fixture.file("target.bin", 10 * MIB);
      assertThat(distant.download("a.bin", target).bytesReused()).isEqualTo(9L * MIB);
      assertSame(target, old);
    }
  }

  @Test
  void aDeltaThatIsCutGoesOn() throws IOException {
    Path source = fixture.file("a.bin", 24 * MIB);
    transfer.upload(source, "a.bin");
    for (int i = 0; i < 24; i += 2) {
      overwrite(source, i * MIB + 5);
    }
    proxy.cutAfterToServer.set(6_000_000);
    TransferReceipt receipt =
        transfer.upload(source, "a.bin", TransferOptions.builder().delta(Use.ALWAYS).build());
    assertThat(receipt.reconnects()).isEqualTo(1);
    assertThat(receipt.bytesReused()).isGreaterThanOrEqualTo(8L * MIB);
    assertThat(receipt.bytesSent()).isLessThan(20L * MIB + SLACK);
    assertSame(fixture.root.resolve("a.bin"), source);
  }

  @Test
  void theReceiptSaysHowFastItWasAndThatNothingProtectedIt() throws IOException {
    TransferReceipt receipt = transfer.upload(fixture.file("a.bin", 4 * MIB), "a.bin");
    assertThat(receipt.bytesPerSecond()).isPositive();
    assertThat(receipt.bytesSent()).isEqualTo(4 * MIB);
    assertThat(receipt.tls()).isEmpty();
  }

  private WaybillServer slowToConnect(Duration time) {
    return TcpFixture.settings(proxy.port()).socketFactory(new SlowSockets(time)).build();
  }

  /** Sockets whose connecting takes as long as over a long way. */
  private static final class SlowSockets extends SocketFactory {
    private final Duration time;

    private SlowSockets(Duration time) {
      this.time = time;
    }

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
          long until = System.nanoTime() + time.toNanos();
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          super.connect(endpoint, timeout);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }
  }

  private Path local(String name) {
    return fixture.local.resolve(name);
  }

  /** Changes a byte, and the time for certain. */
  private static void overwrite(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int was = file.read();
      file.seek(at);
      file.write(was + 1);
    }
    Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(1_700_000_000L + at)));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Digest digest(Path path, Digest.Algorithm algorithm) throws IOException {
    try (SourceFile file = SourceFile.open(path)) {
      return file.digest(algorithm);
    }
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(Files.mismatch(actual, expected)).isEqualTo(-1);
  }
}
