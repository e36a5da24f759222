package io.waybill.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
  @Test
  void locationIsAUriOrAPath() {
    Location remote = Location.parse("FTP://me@files.example:2121/in/a%20b%C3%BC.txt");
    assertThat(remote.scheme()).isEqualTo(Location.Scheme.FTP);
    assertThat(remote.user()).contains("me");
    assertThat(remote.host()).contains("files.example");
    assertThat(remote.port()).isEqualTo(OptionalInt.of(2121));
    assertThat(remote.path()).isEqualTo("/in/a bü.txt");
    assertThat(remote).hasToString("ftp://***@files.example:2121/in/a bü.txt");
    assertThat(Location.parse("dir/file:1").scheme()).isEqualTo(Location.Scheme.FILE);
    assertThat(Location.parse("C:\\x").path()).isEqualTo("C:\\x");
    assertThat(Location.parse("file:///a/b")).isEqualTo(Location.of(Path.of("/a/b")));
    assertThat(Location.parse("waybill://[::1]:99/x")).hasToString("waybill://[::1]:99/x");
    assertThat(Location.of(Location.Scheme.SFTP, "h", -1, "x")).hasToString("sftp://h/x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gopher://host/x",
        "ftp:/x",
        "ftp:x",
        "ftp://u:planted@host/x",
        "ftp://host/planted space",
        "ftp://u:planted@host/ space"
      })
  void badLocationIsRefusedWithoutBeingRepeated(String text) {
    assertThatThrownBy(() -> Location.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("planted");
  }

  @Test
  void digestIsReadAndWritten() {
    String text = "sha-256-tree:" + "0aF".repeat(21) + "b";
    Digest digest = Digest.parse(text);
    assertThat(digest.algorithm()).isEqualTo(Digest.Algorithm.SHA_256_TREE);
    assertThat(digest).hasToString("sha-256-tree:" + "0af".repeat(21) + "b");
    assertThat(Digest.of(digest.algorithm(), digest.toBytes())).isEqualTo(digest);
    assertThat(Digest.parse("SHA-256:" + "1".repeat(64)).algorithm())
        .isEqualTo(Digest.Algorithm.SHA_256);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha-256", "sha-256:", "sha-256:zz", "crc:00", "md5:0011"})
  void badDigestIsRefused(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void laterVerificationProvesMore() {
    assertThat(Verification.READ_BACK.atLeast(Verification.DIGEST)).isTrue();
    assertThat(Verification.SIZE.atLeast(Verification.SIZE_MTIME)).isFalse();
  }

  @Test
  void credentialsNeverShowTheSecret() {
    assertThat(new Credentials("me", () -> "planted").toString()).doesNotContain("planted");
  }

  @Test
  void optionsDefaultToTheTreeNoDigestAndSkipEqual() {
    TransferOptions options = TransferOptions.defaults();
    assertThat(options.atLeast()).isEqualTo(Verification.SIZE);
    assertThat(options.digest()).isEmpty();
    assertThat(options.integrity()).isEqualTo(Integrity.TREE);
    assertThat(options.preserveMode()).isTrue();
    assertThat(options.makeParents()).isFalse();
    assertThat(options.compression()).isEqualTo(Use.AUTO);
    assertThat(options.delta()).isEqualTo(Use.AUTO);
    assertThat(options.targetPolicy()).isEqualTo(TargetPolicy.SKIP_EQUAL);
    assertThat(options.toBuilder().targetPolicy(TargetPolicy.FAIL).build().targetPolicy())
        .isEqualTo(TargetPolicy.FAIL);
  }

  @Test
  void everyOptionIsKeptByToBuilder() {
    TransferOptions options =
        TransferOptions.builder()
            .atLeast(Verification.READ_BACK)
            .digest(Digest.Algorithm.MD5)
            .targetPolicy(TargetPolicy.APPEND)
            .integrity(Integrity.CRC32C)
            .preserveMode(false)
            .makeParents(true)
            .compression(Use.ALWAYS)
            .delta(Use.NEVER)
            .build()
            .toBuilder()
            .build();
    assertThat(options.atLeast()).isEqualTo(Verification.READ_BACK);
    assertThat(options.digest()).contains(Digest.Algorithm.MD5);
    assertThat(options.targetPolicy()).isEqualTo(TargetPolicy.APPEND);
    assertThat(options.integrity()).isEqualTo(Integrity.CRC32C);
    assertThat(options.preserveMode()).isFalse();
    assertThat(options.makeParents()).isTrue();
    assertThat(options.compression()).isEqualTo(Use.ALWAYS);
    assertThat(options.delta()).isEqualTo(Use.NEVER);
  }

  @Test
  void crc32cDoesNotReachDigest() {
    TransferOptions.Builder crc = TransferOptions.builder().integrity(Integrity.CRC32C);
    assertThatThrownBy(() -> crc.atLeast(Verification.DIGEST).build())
        .isInstanceOf(TransferException.Configuration.class)
        .hasMessageContaining("does not reach the verification level DIGEST")
        .hasMessageContaining("use Integrity.TREE");
    assertThat(crc.atLeast(Verification.READ_BACK).build().atLeast())
        .isEqualTo(Verification.READ_BACK);
    assertThatThrownBy(() -> crc.digest(Digest.Algorithm.SHA_256_TREE).build())
        .isInstanceOf(TransferException.Configuration.class);
  }

  @Test
  void levelsAreReadAsTheyAreWritten() {
    for (Verification each : Verification.values()) {
      assertThat(Verification.parse(each.label())).isEqualTo(each);
    }
    assertThat(Verification.parse("Read-Back")).isEqualTo(Verification.READ_BACK);
    assertThat(Verification.parse("size-mtime")).isEqualTo(Verification.SIZE_MTIME);
    assertThatThrownBy(() -> Verification.parse("sha"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none, size, size-mtime, digest, read-back");
  }

  @Test
  void receiptCountsWhatTravelled() {
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(Location.parse("a"))
            .target(Location.parse("b"))
            .started(Instant.EPOCH)
            .bytes(3_000_000)
            .bytesResumed(1_000_000)
            .duration(Duration.ofMillis(1500));
    assertThat(receipt.build().bytesSent()).isEqualTo(2_000_000);
    assertThat(receipt.build().bytesPerSecond()).isEqualTo(2_000_000);
    assertThat(receipt.build().tls()).isEmpty();
    TransferReceipt told = receipt.bytesSent(7).bytesReused(5).tls("TLSv1.3 X").build();
    assertThat(told.bytesSent()).isEqualTo(7);
    assertThat(told.bytesReused()).isEqualTo(5);
    assertThat(told.tls()).contains("TLSv1.3 X");
    assertThat(receipt.skippedBecauseEqual().build().bytesPerSecond()).isZero();
  }

  @Test
  void receiptNeedsSourceTargetAndStart() {
    assertThatThrownBy(() -> TransferReceipt.builder().build())
        .isInstanceOf(NullPointerException.class);
    TransferReceipt receipt =
        TransferReceipt.builder()
            .source(Location.parse("a"))
            .target(Location.parse("b"))
            .started(Instant.EPOCH)
            .skippedBecauseEqual()
            .build();
    assertThat(receipt.attempts()).isZero();
    assertThat(receipt.digest()).isEmpty();
  }

  @Test
  void failuresFallIntoTheirClasses() {
    Exception cause = new Exception();
    assertThat(new TransferException.Connection("h:1", "m", cause).isTransient()).isTrue();
    assertThat(new TransferException.Authentication("h:1", "u", "m", cause).failure())
        .isEqualTo(TransferException.Failure.PERMANENT);
    assertThat(new TransferException.Refused(452, true, "m", null).isTransient()).isTrue();
    assertThat(new TransferException.Refused(553, false, "m", null).isTransient()).isFalse();
    assertThat(new TransferException.Integrity("p", "a", "b", "m", null).failure())
        .isEqualTo(TransferException.Failure.INTEGRITY);
    assertThat(new TransferException.Ambiguous("p", "m", null).failure())
        .isEqualTo(TransferException.Failure.AMBIGUOUS);
    assertThat(TransferException.LocalFile.diskFull(Path.of("x"), cause).isDiskFull()).isTrue();
  }

  @Test
  void cancellingReachesTheWorkOnce() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger closed = new AtomicInteger();
    CancellableFuture<Boolean> future =
        CancellableFuture.start(
            "test",
            () -> {
              try {
                release.await();
                return true;
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            () -> {
              closed.incrementAndGet();
              release.countDown();
            });
    assertThat(future.cancel(true)).isTrue();
    assertThat(future.cancel(true)).as("cancelled already").isTrue();
    assertThat(future).isCancelled();
    assertThat(closed).hasValue(1);
  }
}
