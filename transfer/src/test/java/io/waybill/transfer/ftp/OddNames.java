package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Names that get lost on the way, and the whole way there and back for each. */
final class OddNames {
  /** What a server with UTF-8 and no rules of its own takes. */
  static final List<String> ALL =
      List.of(
          "two words",
          "  leading blanks",
          "trailing blanks  ",
          "[1] {2} *? $HOME `x` 'y' \"z\"",
          "-a",
          "#hash;semi=colon&amp,comma",
          "a -> b",
          "größe",
          "gro\u0308ße",
          "大きい 👋🏽",
          "%2e%2e%2f",
          "~tilde",
          "ÿ".repeat(127) + "x"); // 255 bytes

  private OddNames() {}

  /** Uploads, lists, downloads and deletes each, in a directory of their own. */
  static void roundTrip(FileTransfer ftp, String directory, Path local, List<String> names)
      throws IOException {
    ftp.mkdir(directory);
    for (String name : names) {
      byte[] content = name.getBytes(StandardCharsets.UTF_8);
      Path source = Files.write(local.resolve("source"), content);
      ftp.upload(source, directory + "/" + name);
      assertThat(ftp.list(directory, false)).extracting(FileEntry::path).containsExactly(name);
      assertThat(ftp.stat(directory + "/" + name).orElseThrow().sizeBytes())
          .as(name)
          .isEqualTo(content.length);
      ftp.download(directory + "/" + name, local.resolve("back"));
      assertThat(local.resolve("back")).hasBinaryContent(content);
      ftp.delete(directory + "/" + name);
      assertThat(ftp.list(directory, false)).as(name).isEmpty();
    }
  }
}
