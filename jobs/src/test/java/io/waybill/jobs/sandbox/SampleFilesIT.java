package io.waybill.jobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFilesIT {
  @TempDir Path root;

  @Test
  void tellsTheSizeAndDigestOfEveryFileItWrote() throws Exception {
    List<SampleFile> files = SampleFiles.write(root, 1);

    for (SampleFile file : files) {
      Path path = root.resolve(file.name());
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
      assertThat(file.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
      assertThat(path).hasSize(file.sizeBytes());
    }
    try (Stream<Path> tree = Files.walk(root)) {
      assertThat(
              tree.filter(Files::isRegularFile)
                  .map(file -> root.relativize(file).toString().replace('\\', '/')))
          .containsExactlyInAnyOrderElementsOf(files.stream().map(SampleFile::name).toList());
    }
  }

  @Test
  void coversWhatATransferCanGetWrong() throws Exception {
    List<SampleFile> files = SampleFiles.write(root, 1);

    assertThat(files).isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
    assertThat(files.stream().mapToLong(SampleFile::sizeBytes).sum())
        .isBetween(10_000_000L, 30_000_000L);
    assertThat(files)
        .anyMatch(file -> file.sizeBytes() == 0)
        .anyMatch(file -> file.name().contains("/"))
        .anyMatch(file -> file.name().contains(" "))
        .anyMatch(file -> file.name().codePoints().anyMatch(c -> c > 0xFFFF))
        .anyMatch(file -> file.name().contains("é"))
        .allMatch(file -> Normalizer.isNormalized(file.name(), Normalizer.Form.NFC));
    assertThat(gzippedSize("orders.csv")).isLessThan(Files.size(root.resolve("orders.csv")) / 2);
    assertThat(gzippedSize("rapport d'été.pdf")).isGreaterThan(2_000_000);
    assertThat(Files.readAllBytes(root.resolve("disk image.raw"))).containsOnly(0);
  }

  @Test
  void theSeedDecidesTheBytes() throws Exception {
    List<SampleFile> first = SampleFiles.write(root.resolve("a"), 7);

    assertThat(SampleFiles.write(root.resolve("b"), 7)).isEqualTo(first);
    assertThat(SampleFiles.write(root.resolve("c"), 8)).isNotEqualTo(first);
  }

  @Test
  void doesNotOverwrite() throws Exception {
    SampleFiles.write(root, 1);

    assertThatThrownBy(() -> SampleFiles.write(root, 1))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private long gzippedSize(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(Files.readAllBytes(root.resolve(name)));
    }
    return bytes.size();
  }
}
