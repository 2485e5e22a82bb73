/* SPDX-License-Identifier: Apache-2.0 OR BSD-3-Clause */
/* Callers of the library: one shaped like QEMU's PCI devices, one like libvfio-user's regions, and one that does everything wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quirk.h"

#define SPACE 4096

static struct quirk_error error;

#define CHECK(condition)                                                                  \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, error.text); \
			exit(1);                                                          \
		}                                                                         \
	} while (0)

/* A device in memory: PCI Express at 0x40 with function level reset, power management at 0x80, AER at 0x100. */
struct device {
	uint8_t bytes[SPACE];
	int writes;
	int fails;
	ptrdiff_t lie;
	size_t size;
	struct quirk_config *again;
	enum quirk_status nested;
};

static size_t device_size(void *opaque)
{
	return ((struct device *)opaque)->size;
}

static ptrdiff_t device_read(void *opaque, uint16_t offset, void *buffer, size_t length)
{
	struct device *device = (struct device *)opaque;
	uint8_t byte;

	if (device->again) {
		struct quirk_config *again = device->again;

		device->again = NULL;
		device->nested = quirk_read(again, 0, &byte, 1, NULL);
	}
	if (device->fails)
		return -5;
	memcpy(buffer, device->bytes + offset, length);
	return (ptrdiff_t)length + device->lie;
}

static ptrdiff_t device_write(void *opaque, uint16_t offset, const void *data, size_t length)
{
	struct device *device = (struct device *)opaque;

	device->writes++;
	if (device->fails)
		return -5;
	memcpy(device->bytes + offset, data, length);
	return (ptrdiff_t)length;
}

static void put32(struct device *device, unsigned int at, uint32_t value)
{
	device->bytes[at] = value & 0xff;
	device->bytes[at + 1] = value >> 8 & 0xff;
	device->bytes[at + 2] = value >> 16 & 0xff;
	device->bytes[at + 3] = value >> 24;
}

static void build(struct device *device)
{
	memset(device, 0, sizeof(*device));
	device->size = SPACE;
	put32(device, 0x00, 0x1001fffe);
	put32(device, 0x04, 0x00100002);
	put32(device, 0x08, 0x08800001);
	put32(device, 0x34, 0x40);
	put32(device, 0x40, 0x00028010);
	put32(device, 0x44, 0x10000000);
	put32(device, 0x80, 0x00030001);
	put32(device, 0x100, 0x00010001);
}

static struct quirk_ops ops(void)
{
	struct quirk_ops ops = { sizeof(ops), device_size, device_read, device_write };

	return ops;
}

static struct quirk_identity identity(const struct device *device)
{
	struct quirk_identity identity;

	CHECK(quirk_identity_from_header(device->bytes, &identity, &error) == QUIRK_OK);
	identity.kind = QUIRK_FUNCTION_PHYSICAL;
	return identity;
}

static struct quirk_policy at(uint16_t offset)
{
	struct quirk_policy policy;

	memset(&policy, 0, sizeof(policy));
	policy.struct_size = sizeof(policy);
	policy.flags = QUIRK_POLICY_AT_OFFSET;
	policy.offset = offset;
	return policy;
}

static struct quirk_host host(void)
{
	struct quirk_host host;

	memset(&host, 0, sizeof(host));
	host.struct_size = sizeof(host);
	host.out_max_pasid_log2 = 20;
	host.out_capabilities = 2;
	return host;
}

static struct quirk_config *attach(struct device *device, const struct quirk_saved *saved)
{
	struct quirk_ops functions = ops();
	struct quirk_identity who = identity(device);
	struct quirk_host facts = host();
	struct quirk_policy policy = at(0x400);
	struct quirk_config *config;
	struct quirk_effects effects;

	CHECK(quirk_attach(&functions, device, NULL, &who, &facts, &policy, saved, &config, &effects, &error) == QUIRK_OK);
	CHECK((effects.kinds != 0) == (saved != NULL));
	return config;
}

/* As a device model of QEMU has it: an address, a value, a length of 1, 2 or 4. */
static uint32_t read_config(struct quirk_config *config, uint32_t address, int length)
{
	uint32_t value = 0;

	CHECK(quirk_read(config, (uint16_t)address, &value, (size_t)length, &error) == QUIRK_OK);
	return value;
}

static struct quirk_effects write_config(struct quirk_config *config, uint32_t address, uint32_t value, int length)
{
	struct quirk_intent intent;
	struct quirk_effects effects;

	CHECK(quirk_intent(config, (uint16_t)address, &value, (size_t)length, &intent, &error) == QUIRK_OK);
	CHECK(quirk_write(config, (uint16_t)address, &value, (size_t)length, &effects, &error) == QUIRK_OK);
	CHECK(memcmp(&intent.effects, &effects, sizeof(effects)) == 0);
	return effects;
}

static void qemu(void)
{
	static struct device device, other;
	struct quirk_config *config;
	struct quirk_effects effects;
	struct quirk_intent intent;
	struct quirk_saved saved;
	static uint8_t state[8192];
	static char words[4096];
	size_t length;
	uint16_t offset;
	uint8_t flr[2] = { 0x00, 0x80 };

	build(&device);
	config = attach(&device, NULL);
	CHECK(quirk_safe_pasid_offset(config, &offset, &error) == QUIRK_OK && offset == 0x400);
	CHECK(read_config(config, 0x100, 4) == 0x40010001);
	CHECK(read_config(config, 0x400, 4) == 0x0001001b);
	CHECK(read_config(config, 0x404, 4) == 0x00001402);
	CHECK(read_config(config, 0x04, 2) == 0x0002);

	effects = write_config(config, 0x406, 0x0003, 2);
	CHECK(effects.kinds == QUIRK_EFFECT_PASID_CONTROL && effects.pasid_control == 3 && device.writes == 0);
	CHECK(quirk_save(config, state, 16, &length, &error) == QUIRK_SHORT && length > 16);
	CHECK(quirk_save(config, state, sizeof(state), &length, &error) == QUIRK_OK);

	/* To D3hot and back: the device does not say No_Soft_Reset. */
	effects = write_config(config, 0x84, 0x0003, 2);
	CHECK(effects.kinds == QUIRK_EFFECT_POWER_STATE && effects.power_from == 0 && effects.power_to == 3);
	effects = write_config(config, 0x84, 0x0000, 2);
	CHECK(effects.kinds == (QUIRK_EFFECT_POWER_STATE | QUIRK_EFFECT_POWER_RESET) && effects.power_to == 0);
	CHECK(read_config(config, 0x406, 2) == 0);

	/* Before the reset, nothing is written. */
	device.writes = 0;
	CHECK(quirk_intent(config, 0x48, flr, 2, &intent, &error) == QUIRK_OK);
	CHECK(intent.kinds == QUIRK_INTENT_RESETS && intent.effects.kinds == QUIRK_EFFECT_FUNCTION_RESET);
	CHECK(device.writes == 0);
	CHECK(write_config(config, 0x48, 0x8000, 2).kinds == QUIRK_EFFECT_FUNCTION_RESET && device.writes == 1);
	CHECK(quirk_intent(config, 0x04, "\2", 1, &intent, &error) == QUIRK_OK);
	CHECK(intent.kinds == QUIRK_INTENT_MEMORY_SPACE && intent.memory_space == 1);
	CHECK(quirk_reset(config, QUIRK_RESET_BUS, &error) == QUIRK_OK);
	CHECK(quirk_explain(config, words, sizeof(words), &length, &error) == QUIRK_OK);
	CHECK(strstr(words, "PASID at 0x400") && strlen(words) + 1 == length);
	quirk_detach(config);

	/* The guest goes on elsewhere. */
	build(&other);
	saved.data = state;
	saved.length = SPACE;
	config = attach(&other, &saved);
	CHECK(read_config(config, 0x406, 2) == 3);
	quirk_detach(config);
}

/* As libvfio-user has it: bytes, a count, an offset and a direction; the answer is the count. */
static ptrdiff_t region_access(struct quirk_config *config, char *buf, size_t count, uint64_t offset, int is_write)
{
	struct quirk_effects effects;

	if (offset > SPACE || count > SPACE)
		return -1;
	if (is_write)
		return quirk_write(config, (uint16_t)offset, buf, count, &effects, &error) ? -1 : (ptrdiff_t)count;
	return quirk_read(config, (uint16_t)offset, buf, count, &error) ? -1 : (ptrdiff_t)count;
}

static void libvfio_user(void)
{
	static struct device device;
	struct quirk_db *db, *more;
	struct quirk_config *config;
	struct quirk_ops functions = ops();
	struct quirk_identity who;
	static char space[SPACE];
	size_t length;

	build(&device);
	who = identity(&device);
	CHECK(quirk_db_library(&db, &error) == QUIRK_OK && quirk_db_library(&more, &error) == QUIRK_OK);
	CHECK(quirk_db_join(db, more, &error) == QUIRK_OK);
	quirk_db_close(more);
	/* No host facts, and a caller that has no policy. */
	CHECK(quirk_attach(&functions, &device, db, &who, NULL, NULL, NULL, &config, NULL, &error) == QUIRK_OK);
	/* What was attached outlives the database. */
	quirk_db_close(db);
	CHECK(region_access(config, space, SPACE, 0, 0) == SPACE && memcmp(space, device.bytes, SPACE) == 0);
	CHECK(region_access(config, space, 16, SPACE - 8, 0) == -1 && (uint8_t)space[15] == 0xff);
	CHECK(region_access(config, space, 3, 0xffd, 1) == 3 && device.writes == 1);
	CHECK(quirk_explain(config, NULL, 0, &length, &error) == QUIRK_SHORT && length > 1);
	quirk_detach(config);
}

static void mistakes(void)
{
	static struct device device;
	struct quirk_ops functions = ops();
	struct quirk_identity who;
	struct quirk_host facts = host();
	struct quirk_policy policy = at(0x400);
	struct quirk_saved saved = { "not a state", 11 };
	struct quirk_config *config = NULL;
	struct quirk_effects effects;
	struct quirk_mirror mirror;
	struct quirk_db *db;
	size_t length;
	uint16_t offset;
	uint8_t bytes[8];
	FILE *file;

	build(&device);
	who = identity(&device);
#define ATTACH(o, i, h, p, s) quirk_attach(o, &device, NULL, i, h, p, s, &config, &effects, &error)
	CHECK(ATTACH(NULL, &who, &facts, &policy, NULL) == QUIRK_INVALID && !config && error.text[0]);
	CHECK(ATTACH(&functions, NULL, &facts, &policy, NULL) == QUIRK_INVALID);
	CHECK(quirk_attach(&functions, &device, NULL, &who, NULL, NULL, NULL, NULL, NULL, NULL) == QUIRK_INVALID);
	functions.write = NULL;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID && strstr(error.text, "write"));
	functions = ops();
	functions.struct_size = 3;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	functions.struct_size = sizeof(functions) + 8;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	/* An older caller, which knows less. */
	functions = ops();
	policy.struct_size = offsetof(struct quirk_policy, profile);
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_OK);
	quirk_detach(config);
	policy = at(0x400);
	who.kind = 9;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	who = identity(&device);
	facts.out_max_pasid_log2 = 21;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID && strstr(error.text, "21"));
	facts = host();
	policy.flags = 0x80000000u;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	policy = at(0x400);
	policy.profile = "\xff";
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	policy = at(0x400);
	policy.range_count = 1;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_INVALID);
	policy = at(0x400);
	CHECK(ATTACH(&functions, &who, &facts, &policy, &saved) == QUIRK_SAVED);
	saved.data = NULL;
	CHECK(ATTACH(&functions, &who, &facts, &policy, &saved) == QUIRK_INVALID && !config);

	/* Callbacks that fail, and that lie. */
	device.size = 100;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_DEVICE && strstr(error.text, "100"));
	device.size = SPACE;
	device.fails = 1;
	CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_DEVICE && !config);
	device.fails = 0;
	for (device.lie = -1; device.lie < 2; device.lie += 2)
		CHECK(ATTACH(&functions, &who, &facts, &policy, NULL) == QUIRK_DEVICE && !config);
	device.lie = 0;

	CHECK(ATTACH(&functions, &who, NULL, NULL, NULL) == QUIRK_OK);
	CHECK(quirk_safe_pasid_offset(config, &offset, &error) == QUIRK_NO_PASID && error.text[0]);
	CHECK(quirk_read(NULL, 0, bytes, 4, &error) == QUIRK_INVALID && quirk_read(config, 0, NULL, 4, NULL) == QUIRK_INVALID);
	CHECK(quirk_read(config, 0xffff, bytes, 8, &error) == QUIRK_OUT_OF_RANGE && bytes[7] == 0xff);
	CHECK(quirk_read(config, 0, bytes, (size_t)-1, &error) == QUIRK_INVALID);
	CHECK(quirk_write(config, 0, bytes, 4, NULL, &error) == QUIRK_INVALID);
	CHECK(quirk_write(config, 0, NULL, 4, &effects, &error) == QUIRK_INVALID && device.writes == 0);
	CHECK(quirk_write(config, 0xffe, bytes, 4, &effects, &error) == QUIRK_OUT_OF_RANGE && device.writes == 0);
	CHECK(quirk_reset(config, 4, &error) == QUIRK_INVALID);
	CHECK(quirk_save(config, NULL, 8192, &length, &error) == QUIRK_INVALID);
	CHECK(quirk_save(config, bytes, 8, NULL, &error) == QUIRK_INVALID);
	CHECK(quirk_mirror_at(config, 0, &mirror, &error) == QUIRK_SHORT);
	device.fails = 1;
	CHECK(quirk_read(config, 0, bytes, 4, &error) == QUIRK_DEVICE && bytes[0] == 0xff && bytes[3] == 0xff);
	CHECK(quirk_write(config, 0, bytes, 4, &effects, &error) == QUIRK_DEVICE);
	device.fails = 0;
	/* A call out of a callback. */
	device.again = config;
	CHECK(quirk_read(config, 0, bytes, 4, &error) == QUIRK_OK && device.nested == QUIRK_BUSY);
	quirk_detach(config);
	quirk_detach(NULL);
	quirk_db_close(NULL);

	CHECK(quirk_db_copy("QUIRKDB", 8, &db, &error) == QUIRK_DATABASE && !db);
	CHECK(quirk_db_copy(NULL, 8, &db, &error) == QUIRK_INVALID && !db);
	CHECK(quirk_db_copy(NULL, 0, &db, &error) == QUIRK_DATABASE);
	/* A database of another version. */
	memset(device.bytes, 0, sizeof(device.bytes));
	memcpy(device.bytes, "QUIRKDB", 8);
	device.bytes[8] = 99;
	CHECK(quirk_db_copy(device.bytes, sizeof(device.bytes), &db, &error) == QUIRK_DATABASE && strstr(error.text, "99"));
	CHECK(quirk_db_open("/nowhere/at/all", &db, &error) == QUIRK_FILE && strstr(error.text, "nowhere"));
	CHECK(quirk_db_open(".", &db, &error) == QUIRK_FILE);
	file = fopen("empty.db", "wb");
	CHECK(file && fclose(file) == 0);
	CHECK(quirk_db_open("empty.db", &db, &error) == QUIRK_DATABASE && !db);
	CHECK(quirk_db_open(NULL, &db, &error) == QUIRK_INVALID && quirk_db_library(NULL, &error) == QUIRK_INVALID);
	CHECK(quirk_db_library(&db, &error) == QUIRK_OK && error.text[0] == 0);
	CHECK(quirk_db_join(db, db, &error) == QUIRK_INVALID && quirk_db_join(db, NULL, &error) == QUIRK_INVALID);
	quirk_db_close(db);
	CHECK(quirk_identity_from_header(NULL, &who, &error) == QUIRK_INVALID);
	CHECK(strcmp(quirk_status_text(QUIRK_OK), "done") == 0 && quirk_status_text(-1) && quirk_status_text(1000));
}

static uint32_t seed = 20240404;

static uint32_t number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

/* A database and a state with a byte changed or an end cut off: each is taken or refused with a text, and nothing else happens. */
static void broken(void)
{
	static struct device device;
	static uint8_t state[8192], changed[8192];
	struct quirk_ops functions = ops();
	struct quirk_host facts = host();
	struct quirk_policy policy = at(0x400);
	struct quirk_identity who;
	struct quirk_config *config;
	struct quirk_saved saved;
	struct quirk_db *db;
	size_t length, cut;
	uint8_t *bytes, *copy;
	long size;
	FILE *file;
	int round;

	build(&device);
	who = identity(&device);
	config = attach(&device, NULL);
	CHECK(quirk_save(config, state, sizeof(state), &length, &error) == QUIRK_OK);
	quirk_detach(config);
	for (round = 0; round < 300; round++) {
		enum quirk_status status;

		memcpy(changed, state, length);
		changed[number() % length] ^= (uint8_t)(1u << (number() & 7));
		cut = round & 1 ? length : number() % (length + 1);
		/* On the heap, so that a read past its end is seen. */
		copy = (uint8_t *)malloc(cut + 1);
		CHECK(copy);
		memcpy(copy, changed, cut);
		saved.data = copy;
		saved.length = cut;
		status = quirk_attach(&functions, &device, NULL, &who, &facts, &policy, &saved, &config, NULL, &error);
		CHECK((status == QUIRK_OK) == (config != NULL) && (status == QUIRK_OK) == (error.text[0] == 0));
		CHECK(status == QUIRK_OK || status == QUIRK_SAVED || status == QUIRK_REFUSED);
		quirk_detach(config);
		free(copy);
	}
	CHECK(device.writes == 0);

	file = fopen("one.db", "rb");
	CHECK(file && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	CHECK(size > 64 && fseek(file, 0, SEEK_SET) == 0);
	bytes = (uint8_t *)malloc((size_t)size);
	CHECK(bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size && fclose(file) == 0);
	CHECK(quirk_db_copy(bytes, (size_t)size, &db, &error) == QUIRK_OK);
	quirk_db_close(db);
	for (round = 0; round < 300; round++) {
		uint32_t at_byte = number() % (uint32_t)size;
		uint8_t bit = (uint8_t)(1u << (number() & 7));

		/* The checksum covers all of it. */
		bytes[at_byte] ^= bit;
		CHECK(quirk_db_copy(bytes, (size_t)size, &db, &error) == QUIRK_DATABASE && !db && error.text[0]);
		bytes[at_byte] ^= bit;
		cut = number() % (uint32_t)size;
		copy = (uint8_t *)malloc(cut + 1);
		CHECK(copy);
		memcpy(copy, bytes, cut);
		CHECK(quirk_db_copy(copy, cut, &db, &error) == QUIRK_DATABASE && !db && error.text[0]);
		free(copy);
	}
	free(bytes);
}

int main(void)
{
	qemu();
	libvfio_user();
	mistakes();
	broken();
	puts("all passed");
	return 0;
}
