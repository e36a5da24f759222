package io.waybill.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What {@link TransferOptions#expected} promises, the same for every way that a file can go. */
public final class ExpectedContract {
  private static final int SIZE = (2 << 20) + 17;

  private ExpectedContract() {}

  /** Copies the source to the target, always the same two. */
  @FunctionalInterface
  public interface Copying {
    TransferReceipt copy(TransferOptions options);
  }

  /** Writes what is to be copied. */
  public static Path source(Path path) throws IOException {
    byte[] content = new byte[SIZE];
    new Random(7).nextBytes(content);
    Files.write(path, content);
    // whole seconds of long ago, so that no target has the same time by chance
    return Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2024-02-29T22:59:58Z")));
  }

  /**
   * Checks all of it but what two algorithms at once do.
   *
   * @param source where the source is on this machine's disk
   * @param target where the target is
   */
  public static void holds(Path source, Path target, Copying copying) throws IOException {
    Digest right = digest(source, Digest.Algorithm.SHA_512);
    Digest wrong = new Digest(Digest.Algorithm.SHA_512, "ab".repeat(64));

    assertRefused(copying, options(wrong, TargetPolicy.SKIP_EQUAL), right);
    assertThat(target).doesNotExist();
    assertNothingLeft(target);

    TransferReceipt first = copying.copy(options(right, TargetPolicy.SKIP_EQUAL).build());
    assertThat(first.digest()).contains(right);
    assertThat(first.skippedBecauseEqual()).isFalse();
    assertThat(target).hasSameBinaryContentAs(source);

    TransferReceipt again = copying.copy(options(right, TargetPolicy.SKIP_EQUAL).build());
    assertThat(again.skippedBecauseEqual()).as("an equal one is left alone").isTrue();
    assertThat(again.digest()).contains(right);
    assertRefused(copying, options(wrong, TargetPolicy.SKIP_EQUAL), right);
    assertThat(target).hasSameBinaryContentAs(source);

    Files.writeString(target, "old");
    assertRefused(copying, options(wrong, TargetPolicy.REPLACE), right);
    assertThat(target).hasContent("old");
    assertNothingLeft(target);
  }

  /** Checks that another algorithm can be told than the one that is compared. */
  public static void tellsAnotherAlgorithm(Path source, Copying copying) throws IOException {
    TransferReceipt receipt =
        copying.copy(
            options(digest(source, Digest.Algorithm.SHA_1), TargetPolicy.REPLACE)
                .digest(Digest.Algorithm.MD5)
                .build());
    assertThat(receipt.digest()).contains(digest(source, Digest.Algorithm.MD5));
  }

  private static TransferOptions.Builder options(Digest expected, TargetPolicy policy) {
    return TransferOptions.builder().expected(expected).targetPolicy(policy);
  }

  private static void assertRefused(
      Copying copying, TransferOptions.Builder options, Digest actual) {
    TransferOptions built = options.build();
    assertThatThrownBy(() -> copying.copy(built))
        .isInstanceOf(TransferException.Integrity.class)
        .hasMessageContaining(actual.hex())
        .hasMessageContaining("must have " + built.expected().orElseThrow())
        .hasMessageContaining("nothing was published");
  }

  private static void assertNothingLeft(Path target) throws IOException {
    try (Stream<Path> beside = Files.list(target.toAbsolutePath().getParent())) {
      List<String> names = beside.map(each -> each.getFileName().toString()).toList();
      assertThat(names).noneMatch(each -> each.contains(".wb"));
    }
  }

  private static Digest digest(Path file, Digest.Algorithm algorithm) throws IOException {
    try (SourceFile source = SourceFile.open(file)) {
      return source.digest(algorithm);
    }
  }
}
