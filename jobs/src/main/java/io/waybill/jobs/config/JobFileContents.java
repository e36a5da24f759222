package io.waybill.jobs.config;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Secret;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What files that are right say.
 *
 * @param configuration all of it, checked
 * @param secrets that they define, by name
 * @param outline what they say, key by key
 * @param named files that were read with them: those of calendars
 */
public record JobFileContents(
    Configuration configuration,
    Map<String, Secret> secrets,
    JobFileOutline outline,
    List<Path> named) {
  public JobFileContents {
    secrets = Map.copyOf(new LinkedHashMap<>(secrets));
    named = List.copyOf(named);
  }
}
