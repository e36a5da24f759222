package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.Location;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.remote.RemoteTransfer;
import io.waybill.transfer.remote.UploadSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Between a {@code waybill:} server and one of another kind, through this process. */
@Timeout(120)
class MixedRelayIT {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 20 * MIB + 4321;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");
  private static final TransferOptions USUAL = TransferOptions.defaults();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private Path others;
  private TcpFixture hub;
  private FaultyProxy line;
  private TcpTransfer waybill;

  @BeforeEach
  void start() throws IOException {
    others = Files.createDirectories(directory.resolve("others"));
    hub = new TcpFixture(directory.resolve("hub"));
    line = FaultyProxy.inFrontOf(hub.server.port());
    waybill = TcpTransfer.connect(TcpFixture.settings(line.port()).build());
  }

  @AfterEach
  void stop() {
    waybill.close();
    line.close();
    hub.close();
  }

  /** A random file at one side. */
  private Path at(Path root, String name, long size) throws IOException {
    Path file = Files.move(hub.file(name, size), root.resolve(name));
    return Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
  }

  private static void assertNoParts(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      assertThat(all.map(Path::toString).filter(each -> each.contains(".wb"))).isEmpty();
    }
  }

  private static Digest tree(Path file) throws IOException {
    return digest(file, Digest.Algorithm.SHA_256_TREE);
  }

  private static Digest digest(Path file, Digest.Algorithm algorithm) throws IOException {
    try (SourceFile source = SourceFile.open(file)) {
      return source.digest(algorithm);
    }
  }

  @ParameterizedTest
  @EnumSource(OtherServer.Kind.class)
  void filesOfEverySizeGoBothWays(OtherServer.Kind kind) throws Exception {
    try (OtherServer server = kind.start(others);
        RemoteTransfer other = server.connect()) {
      for (int size : new int[] {0, 1, MIB, 5 * MIB + 3}) {
        Path file = at(hub.root, "down" + size, size);
        TransferReceipt down =
            RemoteRelay.between(waybill, other).copy("down" + size, "/down" + size, USUAL);
        assertThat(others.resolve("down" + size)).hasSameBinaryContentAs(file);
        assertThat(down.bytes()).isEqualTo(size);
        assertThat(down.bytesSent()).isEqualTo(size);
        assertThat(down.digest()).contains(digest(file, Digest.Algorithm.SHA_256));

        Path source = at(others, "up" + size, size);
        TransferReceipt up =
            RemoteRelay.between(other, waybill).copy("/up" + size, "/up" + size, USUAL);
        assertThat(hub.root.resolve("up" + size)).hasSameBinaryContentAs(source);
        assertThat(Files.getLastModifiedTime(hub.root.resolve("up" + size)).toInstant())
            .isEqualTo(MODIFIED);
        assertThat(up.verification()).isEqualTo(Verification.DIGEST);
        assertThat(up.digest()).contains(tree(source));
        assertThat(up.attempts()).isEqualTo(1);
      }
    }
    assertNoParts(directory);
  }

  @ParameterizedTest
  @EnumSource(OtherServer.Kind.class)
  void digestsAndCrcAndReadBackAreDone(OtherServer.Kind kind) throws Exception {
    Path file = at(hub.root, "down", 2 * MIB + 1);
    Path source = at(others, "up", 2 * MIB + 1);
    try (OtherServer server = kind.start(others);
        RemoteTransfer other = server.connect()) {
      TransferOptions tree =
          TransferOptions.builder().digest(Digest.Algorithm.SHA_256_TREE).build();
      assertThat(RemoteRelay.between(waybill, other).copy("down", "/a", tree).digest())
          .contains(tree(file));
      TransferOptions light = TransferOptions.builder().integrity(Integrity.CRC32C).build();
      TransferOptions sum = TransferOptions.builder().digest(Digest.Algorithm.CRC32C).build();
      assertThat(RemoteRelay.between(waybill, other).copy("down", "/d", sum).digest())
          .contains(digest(file, Digest.Algorithm.CRC32C));
      assertThat(RemoteRelay.between(waybill, other).copy("down", "/b", light).digest())
          .contains(digest(file, Digest.Algorithm.CRC32C));
      assertThat(RemoteRelay.between(other, waybill).copy("/up", "b", light).digest())
          .contains(digest(source, Digest.Algorithm.CRC32C));
      TransferOptions again =
          TransferOptions.builder()
              .atLeast(Verification.READ_BACK)
              .digest(Digest.Algorithm.SHA_512)
              .build();
      TransferReceipt down = RemoteRelay.between(waybill, other).copy("down", "/c", again);
      assertThat(down.verification()).isEqualTo(Verification.READ_BACK);
      TransferReceipt up = RemoteRelay.between(other, waybill).copy("/up", "c", again);
      assertThat(up.verification()).isEqualTo(Verification.READ_BACK);
      assertThat(up.digest()).contains(digest(source, Digest.Algorithm.SHA_512));
    }
    for (String name : new String[] {"a", "b", "c"}) {
      assertThat(others.resolve(name)).hasSameBinaryContentAs(file);
    }
    assertThat(hub.root.resolve("c")).hasSameBinaryContentAs(source);
  }

  @Test
  void holesTravelAsHolesFromAndToTheWaybillServer() throws Exception {
    Path file = Files.move(hub.sparse("holes", 30L * MIB), hub.root.resolve("holes"));
    try (OtherServer server = OtherServer.Kind.SFTP.start(others);
        RemoteTransfer other = server.connect()) {
      RemoteRelay.between(waybill, other).copy("holes", "holes", USUAL);
      assertThat(line.bytes(Direction.TO_CLIENT)).isLessThan(6L * MIB);
      RemoteRelay.between(other, waybill).copy("holes", "back", USUAL);
      assertThat(line.bytes(Direction.TO_TARGET)).isLessThan(6L * MIB);
    }
    assertThat(others.resolve("holes")).hasSameBinaryContentAs(file);
    assertThat(hub.root.resolve("back")).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @CsvSource({
    "true, TO_CLIENT, CUT",
    "true, TO_CLIENT, RESET",
    "true, TO_CLIENT, CORRUPT_ONE_BYTE",
    "false, TO_TARGET, CUT",
    "false, TO_TARGET, RESET",
    "false, TO_TARGET, CORRUPT_ONE_BYTE"
  })
  void aLineToTheWaybillServerThatBreaksIsMadeAgain(
      boolean isSource, Direction direction, Fault fault) throws Exception {
    Path file = at(isSource ? hub.root : others, "big", SIZE);
    try (OtherServer server = OtherServer.Kind.SFTP.start(others);
        RemoteTransfer other = server.connect()) {
      line.arm(FaultPlan.once(fault, direction, 12_500_000));
      TransferReceipt receipt =
          isSource
              ? RemoteRelay.between(waybill, other).copy("big", "copy", USUAL)
              : RemoteRelay.between(other, waybill).copy("big", "copy", USUAL);
      assertThat(line.strikes()).isEqualTo(1);
      if (fault != Fault.CORRUPT_ONE_BYTE) {
        assertThat(receipt.reconnects()).isEqualTo(1);
      }
      if (isSource) {
        assertThat(receipt.bytesSent()).isEqualTo(SIZE);
      } else if (fault != Fault.CORRUPT_ONE_BYTE) {
        assertThat(receipt.bytesResumed()).isPositive();
      }
      // what was on the way comes again, and not the whole
      assertThat(line.bytes(direction)).isLessThan(SIZE + 11L * MIB);
    }
    assertThat((isSource ? others : hub.root).resolve("copy")).hasSameBinaryContentAs(file);
    assertNoParts(directory);
  }

  @ParameterizedTest
  @CsvSource({"FTP, true", "FTP, false", "SFTP, true", "SFTP, false"})
  void aLineToTheOtherServerThatBreaksIsMadeAgain(OtherServer.Kind kind, boolean isSource)
      throws Exception {
    Path file = at(isSource ? others : hub.root, "big", SIZE);
    try (OtherServer server = kind.start(others);
        io.waybill.transfer.ftp.CuttingProxy proxy = new io.waybill.transfer.ftp.CuttingProxy();
        RemoteTransfer other = server.connect(proxy.socketFactory())) {
      proxy.cutAfter(12_500_000);
      TransferReceipt receipt =
          isSource
              ? RemoteRelay.between(other, waybill).copy("big", "copy", USUAL)
              : RemoteRelay.between(waybill, other).copy("big", "copy", USUAL);
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      if (isSource) {
        assertThat(receipt.bytesSent()).isEqualTo(SIZE);
      } else {
        assertThat(receipt.bytesResumed()).isPositive();
        assertThat(receipt.bytesSent()).isLessThan(2L * SIZE);
      }
    }
    assertThat((isSource ? hub.root : others).resolve("copy")).hasSameBinaryContentAs(file);
    assertNoParts(directory);
  }

  @ParameterizedTest
  @EnumSource(
      value = OtherServer.Kind.class,
      names = {"FTP", "SFTP"})
  void whatWasReadBeforeIsNotReadAgainWhenTheTargetsLineBreaks(OtherServer.Kind kind)
      throws Exception {
    long size = 64L * MIB;
    Path file = at(hub.root, "big", size);
    try (OtherServer server = kind.start(others);
        io.waybill.transfer.ftp.CuttingProxy proxy = new io.waybill.transfer.ftp.CuttingProxy();
        RemoteTransfer other = server.connect(proxy.socketFactory())) {
      proxy.cutAfter(50_000_000);
      RemoteRelay.between(waybill, other).copy("big", "copy", USUAL);
      assertThat(proxy.cutsMade).hasValue(1);
    }
    assertThat(others.resolve("copy")).hasSameBinaryContentAs(file);
    // what was on the way, three windows at most; from the begin it were 48 MiB more
    assertThat(line.bytes(Direction.TO_CLIENT)).isLessThan(size + 36L * MIB);
  }

  /** Does something once when so many bytes have moved. */
  private static TransferListener when(long bytes, Runnable action) {
    AtomicBoolean isDone = new AtomicBoolean();
    return progress -> {
      if (progress.bytes() >= bytes && isDone.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"FTP, true", "FTP, false", "SFTP, true", "SFTP, false", "HTTP, true"})
  void aLaterProcessGoesOn(OtherServer.Kind kind, boolean isSource) throws Exception {
    Path file = at(isSource ? others : hub.root, "big", SIZE);
    try (OtherServer server = kind.start(others)) {
      try (RemoteTransfer other = server.connect();
          TcpTransfer first = slow("12MiB")) {
        AutoCloseable target = isSource ? first : other;
        TransferOptions broken =
            TransferOptions.builder().listener(when(8L * MIB, () -> end(target))).build();
        assertThatThrownBy(
                () ->
                    (isSource
                            ? RemoteRelay.between(other, first)
                            : RemoteRelay.between(first, other))
                        .copy("big", "copy", broken))
            .isInstanceOf(TransferException.class);
      }
      try (RemoteTransfer other = server.connect()) {
        RemoteRelay relay =
            isSource ? RemoteRelay.between(other, waybill) : RemoteRelay.between(waybill, other);
        TransferReceipt receipt = relay.copy("big", "copy", USUAL);
        assertThat(receipt.bytesResumed()).isPositive();
        assertThat(receipt.bytesSent()).isLessThan(SIZE);
      }
    }
    assertThat((isSource ? hub.root : others).resolve("copy")).hasSameBinaryContentAs(file);
    assertNoParts(directory);
  }

  // progress is told once a second
  private TcpTransfer slow(String rate) {
    return TcpTransfer.connect(
        TcpFixture.settings(line.port()).rateLimit(RateLimit.of(rate)).build());
  }

  private static void end(AutoCloseable target) {
    Thread closing =
        new Thread(
            () -> {
              try {
                target.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    closing.setDaemon(true);
    closing.start();
  }

  @ParameterizedTest
  @CsvSource({"FTP, true", "FTP, false", "SFTP, true", "SFTP, false", "HTTP, true"})
  void aSourceThatChangesWhileItIsReadIsNotPublished(OtherServer.Kind kind, boolean isSource)
      throws Exception {
    Path file = at(isSource ? others : hub.root, "big", SIZE);
    try (OtherServer server = kind.start(others);
        TcpTransfer slow = slow("12MiB");
        RemoteTransfer other = server.connect()) {
      TransferOptions options =
          TransferOptions.builder().listener(when(5L * MIB, () -> touch(file))).build();
      RemoteRelay relay =
          isSource ? RemoteRelay.between(other, slow) : RemoteRelay.between(slow, other);
      assertThatExceptionOfType(TransferException.Integrity.class)
          .isThrownBy(() -> relay.copy("big", "copy", options))
          .withMessageContaining("changed")
          .withMessageContaining("nothing was published");
      assertThat((isSource ? hub.root : others).resolve("copy")).doesNotExist();
      assertNoParts(directory);
      relay.copy("big", "copy", USUAL);
    }
    assertThat((isSource ? hub.root : others).resolve("copy")).hasSameBinaryContentAs(file);
  }

  @Test
  void aSourceOfWhichOnlyTheSizeIsKnownIsNotResumedUnread() throws Exception {
    byte[] content = Files.readAllBytes(hub.file("a", SIZE));
    assertThatExceptionOfType(TransferException.Connection.class)
        .isThrownBy(() -> waybill.upload(new Nameless(content, 9L * MIB), "copy", USUAL));
    assertThat(hub.partFiles()).isNotEmpty();
    content[5 * MIB] ^= 1; // a chunk that is not among the three that are looked at
    TransferReceipt receipt = waybill.upload(new Nameless(content, SIZE), "copy", USUAL);
    assertThat(receipt.bytesResumed()).isPositive();
    assertThat(hub.root.resolve("copy")).hasBinaryContent(content);
  }

  /** Bytes with neither a time nor a tag, which cannot be read beyond a point. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Nameless(byte[] content, long broken) implements UploadSource {
    @Override
    public SourceIdentity identity() {
      return new SourceIdentity(content.length, Optional.empty(), Optional.empty());
    }

    @Override
    public OptionalInt mode() {
      return OptionalInt.empty();
    }

    @Override
    public Location location() {
      return Location.of(Location.Scheme.HTTP, "nameless.example", 80, "/a");
    }

    @Override
    public String place() {
      return "nameless";
    }

    @Override
    public ByteSupply from(long offset) {
      int[] at = {(int) offset};
      return bytes -> {
        int length = Math.min(bytes.length, content.length - at[0]);
        if (at[0] + length > broken) {
          throw new TransferException.Connection("nameless", "broken", null);
        }
        System.arraycopy(content, at[0], bytes, 0, length);
        at[0] += length;
        return length;
      };
    }

    @Override
    public void read(long from, long to, ByteSink sink) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Digest digest(Digest.Algorithm algorithm) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requireUnchanged() {}

    @Override
    public void close() {}
  }

  private static void touch(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      content[content.length - 1] ^= 1;
      Files.write(file, content);
      Files.setLastModifiedTime(file, FileTime.from(MODIFIED.plusSeconds(60)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"FTP, true", "FTP, false", "SFTP, true", "SFTP, false"})
  void targetPoliciesAreKept(OtherServer.Kind kind, boolean isSource) throws Exception {
    Path source = at(isSource ? others : hub.root, "a.txt", 1000);
    Path targets = isSource ? hub.root : others;
    try (OtherServer server = kind.start(others);
        RemoteTransfer other = server.connect()) {
      RemoteRelay relay =
          isSource ? RemoteRelay.between(other, waybill) : RemoteRelay.between(waybill, other);
      relay.copy("a.txt", "b.txt", USUAL);
      TransferReceipt skipped = relay.copy("a.txt", "b.txt", USUAL);
      assertThat(skipped.skippedBecauseEqual()).isTrue();
      assertThat(skipped.bytesSent()).isZero();
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> relay.copy("a.txt", "b.txt", policy(TargetPolicy.FAIL)));
      Files.writeString(targets.resolve("b.txt"), "mine");
      relay.copy("a.txt", "b.txt", policy(TargetPolicy.RENAME));
      assertThat(targets.resolve("b.txt")).hasContent("mine");
      assertThat(targets.resolve("b (2).txt")).hasSameBinaryContentAs(source);
      relay.copy("a.txt", "b.txt", policy(TargetPolicy.REPLACE));
      assertThat(targets.resolve("b.txt")).hasSameBinaryContentAs(source);
      assertThatExceptionOfType(TransferException.Configuration.class)
          .isThrownBy(() -> relay.copy("a.txt", "b.txt", policy(TargetPolicy.APPEND)))
          .withMessageContaining("not appended");
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> relay.copy("missing", "c.txt", USUAL));
    }
    assertNoParts(directory);
  }

  private static TransferOptions policy(TargetPolicy policy) {
    return TransferOptions.builder().targetPolicy(policy).build();
  }

  @Test
  void whatNobodyTakesIsNotFetched() throws Exception {
    at(hub.root, "big", 96L * MIB);
    long before = line.bytes(Direction.TO_CLIENT);
    String first =
        waybill.reading(
            "big",
            USUAL,
            file -> {
              ByteSupply supply = file.from(0);
              try {
                byte[] bytes = new byte[1];
                assertThat(supply.fill(bytes)).isEqualTo(1);
                long last = -1;
                while (line.bytes(Direction.TO_CLIENT) != last) {
                  last = line.bytes(Direction.TO_CLIENT);
                  TimeUnit.MILLISECONDS.sleep(300);
                }
                // the window, and what went on to the stream already
                assertThat(last - before).isLessThan(14L * MIB);
                return Byte.toString(bytes[0]);
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(first).isNotEmpty();
    assertThat(waybill.stat("big")).isPresent(); // the session that was left half-way goes on
  }

  @Test
  void aDeadlineEndsTheReading() throws Exception {
    at(hub.root, "big", SIZE);
    try (TcpTransfer slow = slow("2MiB");
        OtherServer server = OtherServer.Kind.SFTP.start(others);
        RemoteTransfer other = server.connect()) {
      TransferOptions hurried = TransferOptions.builder().deadline(Duration.ofSeconds(2)).build();
      assertThatExceptionOfType(TransferException.Timeout.class)
          .isThrownBy(() -> RemoteRelay.between(slow, other).copy("big", "big", hurried))
          // whichever of the two ends notices first
          .withMessageMatching(
              "(?s).*(the whole transfer took longer than the 2000 ms|deadline of 2 s).*");
    }
    assertThat(others.resolve("big")).doesNotExist();
  }

  @Test
  void aDigestIsComputedByReadingAndNothingIsWrittenHere() throws Exception {
    Path file = at(hub.root, "big", SIZE);
    Path temporary = Path.of(Objects.requireNonNull(System.getProperty("java.io.tmpdir")));
    assertThat(waybill.digestByReading("big", Digest.Algorithm.SHA_512))
        .isEqualTo(digest(file, Digest.Algorithm.SHA_512));
    assertThat(waybill.digestByReading("big", Digest.Algorithm.SHA_256_TREE)).isEqualTo(tree(file));
    try (Stream<Path> all = Files.list(temporary)) {
      assertThat(all.filter(each -> each.toString().contains("waybill-digest"))).isEmpty();
    }
  }
}
