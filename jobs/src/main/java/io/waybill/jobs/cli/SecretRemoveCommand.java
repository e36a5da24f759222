package io.waybill.jobs.cli;

import io.waybill.jobs.config.Keystore;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill secret remove NAME}: forgets a secret. */
@Command(name = "remove", description = "Removes a secret from the keystore.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class SecretRemoveCommand extends Verb {
  @Parameters(index = "0", paramLabel = "NAME", description = "What it is called there.")
  private String name;

  @Mixin private KeystoreOption option;

  @Override
  ExitCode execute() {
    Keystore keystore = option.of(this);
    keystore.remove(name);
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("keystore", keystore.path().toString());
    output()
        .result(
            KeystoreOption.SCHEMA,
            form,
            out -> out.println("secret %s is removed from %s".formatted(name, keystore.path())));
    return ExitCode.OK;
  }
}
