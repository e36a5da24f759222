package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each odd message beside what is made of it, as JSON. */
class OddMailsTest {
  /** Where the files are written anew, to be looked at before they are committed. */
  private static final String UPDATE = System.getProperty("waybill.odd.update", "");

  static List<Path> mails() throws IOException, URISyntaxException {
    URL directory = Objects.requireNonNull(OddMailsTest.class.getResource("odd"));
    try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
      return files.filter(file -> file.toString().endsWith(".eml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("mails")
  void isReadAsExpected(Path file) throws IOException {
    String drawn;
    try (InputStream in = Files.newInputStream(file);
        ParsedMail mail = MimeReader.read(in, MimeLimits.defaults())) {
      drawn = MailJson.of(mail);
    }
    String name = file.getFileName().toString().replace(".eml", ".json");
    if (!UPDATE.isEmpty()) {
      Files.writeString(Path.of(UPDATE, name), drawn);
    }
    assertThat(drawn).isEqualTo(Files.readString(file.resolveSibling(name)));
  }

  @Test
  void areAllThere() throws Exception {
    assertThat(mails()).hasSizeGreaterThan(30);
  }
}
