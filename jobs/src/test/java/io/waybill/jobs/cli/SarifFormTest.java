package io.waybill.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.waybill.CommandLineRun;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of a job file as code hosts read them. The schema is that of OASIS, as published. */
class SarifFormTest {
  @TempDir Path directory;

  private static List<String> errors(String document) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            SarifFormTest.class.getResourceAsStream("sarif-schema-2.1.0.json"))) {
      Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(in);
      return schema.validate(document, InputFormat.JSON).stream().map(Error::toString).toList();
    }
  }

  private CommandLineRun validate(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return CommandLineRun.of(Map.of(), "validate", "-c", file.toString(), "-o", "sarif");
  }

  @Test
  void itIsAsTheStandardSays() throws IOException {
    String broken = validate("a b.yml", "version: 1\ntimezone: UTC\njobz: {}\n\tx: 1\n").out();
    String wrong = validate("a b.yml", "version: 1\ntimezone: UTC\njobz: {}\nvars: [x]\n").out();

    assertThat(errors(broken)).isEmpty();
    assertThat(errors(wrong)).isEmpty();
    assertThat(errors(wrong.replace("\"version\"", "\"verzion\""))).isNotEmpty();
  }

  @Test
  void everyMistakeHasItsFileLineColumnAndWords() throws IOException {
    CommandLineRun run = validate("a b.yml", "version: 1\ntimezone: UTC\njobz: {}\n");

    assertThat(run.code()).isEqualTo(2);
    Map<String, Object> only =
        Plain.maps(Plain.maps(Json.readObject(run.out()), "runs").get(0), "results").get(0);
    assertThat(only)
        .containsEntry("level", "error")
        .containsEntry(
            "message",
            Map.of("text", "unknown key \"jobz\" in the job file; did you mean \"jobs\"?"))
        .containsEntry(
            "locations",
            List.of(
                Map.of(
                    "physicalLocation",
                    Map.of(
                        "artifactLocation",
                        Map.of("uri", directory.resolve("a b.yml").toUri().toString()),
                        "region",
                        Map.of("startLine", 3L, "startColumn", 1L)))));
  }

  @Test
  void aFileThatIsRightHasNoResults() throws IOException {
    CommandLineRun run = validate("x.yml", "version: 1\ntimezone: UTC\n");

    assertThat(run.code()).isZero();
    assertThat(errors(run.out())).isEmpty();
    assertThat(Plain.maps(Json.readObject(run.out()), "runs").get(0))
        .containsEntry("results", List.of());
  }
}
