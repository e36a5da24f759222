package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Submission;
import io.waybill.transfer.WebQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceTest {
  private static final Connection.Ftp BANK =
      new Connection.Ftp(
          "bank",
          "ftp.example",
          21,
          Connection.Tls.OFF,
          new Connection.Trust.Plaintext(),
          "u",
          new Secret("p", () -> "x", v -> {}),
          Connection.Line.USUAL);
  private static final Connections CONNECTIONS =
      Connections.of(
          List.of(
              BANK,
              new Connection.Outgoing(
                  "out",
                  "smtp.example",
                  25,
                  Connection.Tls.OFF,
                  Optional.empty(),
                  Optional.empty(),
                  Submission.USUAL)));

  @Test
  void aConnectionBeforeTheColonIsRemote() {
    assertThat(Place.of("bank:/out/a.csv", CONNECTIONS))
        .isEqualTo(new Place.Remote(BANK, "/out/a.csv"));
  }

  @Test
  void aPathIsLocal() {
    assertThat(Place.of("/srv/in", CONNECTIONS)).isEqualTo(new Place.Local("/srv/in"));
    assertThat(Place.of("in/x:y", CONNECTIONS)).isEqualTo(new Place.Local("in/x:y"));
    assertThat(Place.of("./x:y", CONNECTIONS)).isEqualTo(new Place.Local("./x:y"));
    assertThat(Place.of("C:/x", CONNECTIONS)).isEqualTo(new Place.Local("C:/x"));
    assertThat(Place.of("file:///srv/in", CONNECTIONS)).isEqualTo(new Place.Local("/srv/in"));
  }

  @Test
  void aFileUriIsDecoded() {
    assertThat(Place.of("file:///tmp/a%20b", CONNECTIONS)).isEqualTo(new Place.Local("/tmp/a b"));
    assertThat(Place.of("file:/tmp/%C3%A9%25+", CONNECTIONS))
        .isEqualTo(new Place.Local("/tmp/\u00e9%+"));
    assertThat(Place.of("file://localhost/x", CONNECTIONS)).isEqualTo(new Place.Local("/x"));
    for (String bad : List.of("file:///a%", "file:///a%2", "file:///a%zz", "file:///a%FF")) {
      assertThatThrownBy(() -> Place.of(bad, CONNECTIONS))
          .isInstanceOf(JobException.Configuration.class)
          .hasMessageContainingAll(bad, "no escape", "%25");
    }
    assertThatThrownBy(() -> Place.of("file://host/x", CONNECTIONS))
        .hasMessageContaining("another host");
  }

  @Test
  void anEncodedStarIsNoPattern(@TempDir Path directory) throws IOException {
    String uri = "file://" + directory + "/%2A.x";
    assertThatThrownBy(() -> Place.source(uri, CONNECTIONS))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContaining("of the name itself");
    Path star = Files.writeString(directory.resolve("*.x"), "star");
    assertThat(Place.source(uri, CONNECTIONS)).isEqualTo(new Place.Local(star.toString()));
    Place pattern = Place.source("file://" + directory + "/*.y", CONNECTIONS);
    assertThat(pattern.path()).endsWith("/*.y");
  }

  @Test
  void anUnknownConnectionNamesThoseThereAre() {
    assertThatThrownBy(() -> Place.of("bnak:/x", CONNECTIONS))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessage("no connection is called \"bnak\"; there are: [bank, out]");
  }

  @Test
  void aConnectionForMailHoldsNoFiles() {
    assertThatThrownBy(() -> Place.of("out:/x", CONNECTIONS))
        .hasMessage("connection \"out\" is for mail and holds no files");
  }

  @Test
  void aBareUriIsSentToTheConnections() {
    assertThatThrownBy(() -> Place.of("ftp://u:p@host/x", CONNECTIONS))
        .hasMessageContaining("define one and write NAME:/path")
        .hasMessageNotContaining("u:p");
  }

  @Test
  void theQueryOfAWebAddressIsNotShown() {
    Connection.Web web =
        new Connection.Web(
            "https://h:443",
            "h",
            443,
            new Connection.Trust.Public(),
            Optional.empty(),
            false,
            Connection.Line.USUAL);

    assertThat(new Place.Remote(web, WebQuery.add("/f.iso", "signature=s3cret")))
        .hasToString("https://h:443/f.iso?***");
  }
}
