package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import io.waybill.jobs.exec.ProgramInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key of {@code exec} once as written and once left out, and what is refused. */
class ExecKeysTest {
  @TempDir Path directory;

  private OneStepFile file;

  @BeforeEach
  void aProgram() throws IOException {
    file = new OneStepFile(directory);
    Files.writeString(directory.resolve("plain.txt"), "no program");
    Path program = Files.writeString(directory.resolve("two words.sh"), "#!/bin/sh\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private ExecStep step(String keys) {
    return file.bind("{ exec: { " + keys + " } }", "x", ExecStep.class);
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    ExecStep step = step("command: [ls, -l]");

    assertThat(step.program().command()).containsExactly("ls", "-l");
    assertThat(step.program().directory().normalize()).isEqualTo(directory);
    assertThat(step.program().environment().path(Map.of("PATH", "/opt"))).startsWith("/usr/local");
    assertThat(step.program().input()).isEqualTo(new ProgramInput.Nothing());
    assertThat(step.codes()).isEqualTo(new ExecStep.Codes(Set.of(0), Set.of()));
    assertThat(step.mostOutputBytes()).isEqualTo(64 << 10);
    assertThat(step.grace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(step.extract()).isEmpty();
  }

  @Test
  void everyKey() {
    ExecStep step =
        step(
            """
            command: [ls, "${params.p}"], directory: /, env: { A: "${vars.v}", B: 1 },
            secret-env: { C: "${secrets.s}" }, inherit: [HOME, TZ], stdin: "${params.p}",
            max-output: 1MiB, success-codes: [0, 1], retry-codes: 75, grace: 1s,
            extract: { total: { json-pointer: /sum/0 } }\
            """);

    assertThat(step.program().command()).containsExactly("ls", "x");
    assertThat(step.program().directory()).isEqualTo(Path.of("/"));
    assertThat(step.program().environment().plain())
        .isEqualTo(Map.of("A", "of the file", "B", "1"));
    assertThat(step.program().environment().secret())
        .hasEntrySatisfying("C", secret -> assertThat(secret.get()).isEqualTo("hush-hush"));
    assertThat(step.program().environment().inherited()).containsExactly("HOME", "TZ");
    assertThat(step.program().input()).isEqualTo(new ProgramInput.Text("x"));
    assertThat(step.codes().success()).containsExactlyInAnyOrder(0, 1);
    assertThat(step.codes().retry()).containsExactly(75);
    assertThat(step.mostOutputBytes()).isEqualTo(1 << 20);
    assertThat(step.grace()).isEqualTo(Duration.ofSeconds(1));
    assertThat(step.extract()).containsOnlyKeys("total");
    assertThat(step.toString()).doesNotContain("hush-hush");
  }

  @Test
  void inputFromAFileAndFromASecret() {
    assertThat(step("command: [cat], stdin-file: a/b.txt").program().input())
        .isEqualTo(new ProgramInput.FromFile(directory.resolve("a/b.txt")));
    assertThat(step("command: [cat], stdin-secret: '${secrets.s}'").program().input())
        .isInstanceOfSatisfying(
            ProgramInput.Secretly.class, it -> assertThat(it.secret().name()).isEqualTo("s"));
  }

  @Test
  void aProgramWhoseNameHasABlankIsNoLine() {
    assertThat(step("command: './two words.sh'").program().name()).isEqualTo("./two words.sh");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          command: rm -rf /tmp/x               | write the program and its arguments as a list: [rm, -rf, /tmp/x]
          command: []                          | "command" names no program
          command: ['']                        | "command" names no program
          command: [no-such-program-7f3]       | no program "no-such-program-7f3" is in /usr/local/sbin
          command: [ls], env: { PATH: /no }    | no program "ls" is in /no
          command: [./plain.txt]               | plain.txt may not be executed by the user that runs waybill; chmod +x it
          command: [/tmp/]                     | is a directory, and no program
          command: [ls], env: { "A=B": 1 }     | "env" has "A=B", which is no name of a variable
          command: [ls], env: { WAYBILL_EXEC: 1 } | sets WAYBILL_EXEC
          command: [ls], inherit: DB_PASSWORD  | "inherit" names DB_PASSWORD, which looks like a secret
          command: [ls], inherit: AWS_SECRET_ACCESS_KEY | looks like a secret
          command: [ls], inherit: HOME, env: { HOME: / } | HOME stands in two of "env", "secret-env" and "inherit"
          command: [ls], env: { A: '${secrets.s}' } | a secret may stand only in a key that is made for one
          command: [ls, '${secrets.s}']        | a secret may stand only in a key that is made for one
          command: [ls], secret-env: { A: b }  | "A" takes no value in this file, only a reference
          command: [ls], stdin: a, stdin-file: b | "stdin-file" stands beside "stdin"
          command: [ls], success-codes: 256    | exit codes are from 0 to 255
          command: [ls], retry-codes: 0        | exit codes [0] are in "success-codes" and in "retry-codes"
          command: [ls], max-output: 17MiB     | "max-output" is more than 16MiB
          command: [ls], extract: { a: { json-pointer: b } } | not a JSON pointer: "b"
          command: [ls], extract: { stdout: { json-pointer: '' } } | is an output of its own
          command: [ls], extract: { 'a b': { json-pointer: '' } } | no expression can name
          command: [ls], shell: true           | unknown key "shell"
          """)
  void whatIsRefusedAtLoad(String keys, String why) {
    assertThat(file.problems("{ exec: { " + keys + " } }"))
        .singleElement()
        .asString()
        .contains(why);
  }

  @Test
  void aProgramInADirectoryMayStillCome() {
    file.load("{ exec: { command: [./later.sh] } }");

    assertThatExceptionOfType(JobException.NotFound.class)
        .isThrownBy(() -> step("command: [./later.sh]"))
        .withMessageContaining("there is no program " + directory);
  }

  @Test
  void anExpressionDoesNotLeadOutOfTheDirectory() {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(
            () ->
                file.bind(
                    "{ exec: { command: [ls], directory: 'work/${params.p}' } }",
                    "../..",
                    ExecStep.class))
        .withMessageContaining("an expression must not lead to \"..\"");
  }

  @Test
  void stepsAfterItCanNameWhatItExtracts() {
    String first = "{ id: a, exec: { command: [ls], extract: { sum: { json-pointer: /s } } } }";

    file.load(first + ", { exec: { command: [ls, '${steps.a.sum}', '${steps.a.exit-code}'] } }");
    assertThat(file.problems(first + ", { exec: { command: [ls, '${steps.a.summ}'] } }"))
        .isEqualTo(List.of("step \"a\" has no output \"summ\""));
  }
}
