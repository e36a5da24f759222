package io.waybill.jobs.cli;

import io.waybill.jobs.config.Keystore;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill secret list}: the names in the keystore. */
@Command(name = "list", description = "Lists the names of the keystore's secrets; never values.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class SecretListCommand extends Verb {
  @Mixin private KeystoreOption option;

  @Override
  ExitCode execute() {
    Keystore keystore = option.of(this);
    List<String> names = keystore.names();
    output()
        .results(
            KeystoreOption.SCHEMA,
            KeystoreOption.LIST_SCHEMA,
            "secrets",
            names.stream().map(name -> Map.<String, Object>of("name", name)).toList(),
            out -> names.forEach(out::println));
    return ExitCode.OK;
  }
}
