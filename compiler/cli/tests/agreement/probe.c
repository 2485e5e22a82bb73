/* Prints all that the header says, then answers queries from standard input: who is this function? */
#include "quirk.h"

#include <stdio.h>
#include <string.h>

static uint8_t space[4096];

static int read_config(void *context, uint16_t offset, uint8_t width, uint32_t *value)
{
	const uint8_t *bytes = context;
	uint8_t at;

	if (offset + width > (int)sizeof(space))
		return 0;
	*value = 0;
	for (at = 0; at < width; at++)
		*value |= (uint32_t)bytes[offset + at] << 8 * at;
	return 1;
}

static void print_device(const struct quirk_device *device)
{
	uint32_t at;

	printf("device %s\n", device->name);
	printf("title %s\n", device->title);
	printf("source %s\n", device->source);
	if (device->place_count)
		printf("pasid at %u width %u execute %u privileged %u\n", quirk_pasid_offset(device), device->max_width,
		       device->execute, device->privileged);
	printf("port %u alias %u distrust %u none %u\n", device->port_type, device->aliased_every,
	       device->distrust_dvsec, device->pasid_none);
	for (at = 0; at < device->layout_count; at++) {
		const struct quirk_layout *entry = &device->layout[at];

		printf("layout %u at %u length %u id %u sub %u:%u flags %u evidence %u %s\n", entry->kind, entry->offset,
		       entry->length, entry->id, entry->sub_vendor, entry->sub_id, entry->flags, entry->evidence,
		       entry->label);
	}
	for (at = 0; at < device->free_count; at++)
		printf("free %u..%u evidence %u\n", device->free[at].start, device->free[at].end,
		       device->free[at].evidence);
	for (at = 0; at < device->place_count; at++)
		printf("place %u at %u\n", device->places[at].kind, device->places[at].offset);
	for (at = 0; at < device->dvsec_count; at++) {
		const struct quirk_dvsec *dvsec = &device->dvsecs[at];
		unsigned int offset;
		uint8_t byte;

		printf("dvsec %u:%u revision %u form %u at %u length %u ", dvsec->vendor, dvsec->id, dvsec->revision,
		       dvsec->form, dvsec->offset, dvsec->length);
		for (offset = 0; offset < sizeof(space); offset++) {
			if (quirk_dvsec_read(dvsec, (uint16_t)offset, &byte))
				printf("%02x", byte);
		}
		printf("\n");
	}
}

#define PRINT_ID(vendor, device) printf("id %u:%u\n", vendor, device);

int main(void)
{
	unsigned int vendor, device, has_subsystem, subsystem_vendor, subsystem_device, revision, class_code, function;
	unsigned int bytes, offset, value, at;
	const unsigned int devices = QUIRK_DEVICES;

	for (at = 0; at < devices; at++)
		print_device(&quirk_devices[at]);
	QUIRK_FOR_EACH_ID(PRINT_ID)
	while (scanf("%u %u %u %u %u %u %u %u %u", &vendor, &device, &has_subsystem, &subsystem_vendor, &subsystem_device,
		     &revision, &class_code, &function, &bytes) == 9) {
		struct quirk_identity identity = {
			.vendor = (uint16_t)vendor,
			.device = (uint16_t)device,
			.has_subsystem = (uint8_t)has_subsystem,
			.subsystem_vendor = (uint16_t)subsystem_vendor,
			.subsystem_device = (uint16_t)subsystem_device,
			.revision = (uint8_t)revision,
			.class_code = class_code,
			.function = (uint8_t)function,
		};
		const struct quirk_device *found;

		memset(space, 0, sizeof(space));
		for (at = 0; at < bytes; at++) {
			if (scanf("%u %u", &offset, &value) != 2 || offset >= sizeof(space))
				return 1;
			space[offset] = (uint8_t)value;
		}
		found = quirk_find(&identity, read_config, space);
		printf("found %s\n", found ? found->name : "-");
	}
	return 0;
}
