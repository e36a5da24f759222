package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.Keystore;
import io.waybill.jobs.log.SecretMask;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill secret set NAME}: asks for a value, or takes it from standard input. */
@Command(
    name = "set",
    description =
        "Puts a secret into the keystore, which is made if there is none. The value is asked for on"
            + " a terminal, else it is standard input, without a line end at its end; it is never"
            + " an argument.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class SecretSetCommand extends Verb {
  private static final int MOST_BYTES = 64 << 10;

  @Parameters(index = "0", paramLabel = "NAME", description = "What it is called.")
  private String name;

  @Mixin private KeystoreOption option;

  @Override
  ExitCode execute() throws IOException {
    Keystore keystore = option.of(this);
    String value = value();
    SecretMask.ofThisProcess().remember(value);
    boolean isReplaced = keystore.set(name, value);
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("keystore", keystore.path().toString());
    form.put("replaced", isReplaced);
    output()
        .result(
            KeystoreOption.SCHEMA,
            form,
            out ->
                out.println(
                    "secret %s is %s in %s"
                        .formatted(name, isReplaced ? "replaced" : "set", keystore.path())));
    return ExitCode.OK;
  }

  @SuppressWarnings("SystemConsoleNull")
  private String value() throws IOException {
    // from JDK 22 on there is a console without a terminal too, so the launcher is asked first
    Console console = LoginOptions.hasTerminal() ? System.console() : null;
    if (console == null) {
      return fromStandardInput();
    }
    char[] first = console.readPassword("value of %s: ", name);
    char[] again = console.readPassword("once more: ");
    if (first == null || again == null || !Arrays.equals(first, again)) {
      throw new JobException.Configuration("the two are not the same; nothing was set");
    }
    return new String(first);
  }

  private static String fromStandardInput() throws IOException {
    byte[] bytes = System.in.readNBytes(MOST_BYTES + 3);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.replaceFirst("\\r?\\n\\z", "");
    } catch (CharacterCodingException e) {
      throw new JobException.Configuration("standard input is not UTF-8 text", e);
    }
  }
}
