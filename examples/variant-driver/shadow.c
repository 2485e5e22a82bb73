// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes of configuration space that this driver shows instead of the device's: the free-space DVSECs of the device's
 * description, and the Next fields that lead to them.
 */
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "shadow.h"

/* Bits 31:20 of an extended header; the low two are reserved. */
#define NEXT(header) (((header) >> 20) & 0xffc)

/* What vfio-pci-core has in its map for bytes that belong to no capability that it shows. */
#define UNASSIGNED 0xff

static void show(struct quirk_shadow *shadow, unsigned int offset, u8 mask, u8 value)
{
	shadow->mask[offset] |= mask;
	shadow->value[offset] = (shadow->value[offset] & ~mask) | (value & mask);
}

/* Only the twelve bits of Next: the rest of the header stays the device's. */
static void show_next(struct quirk_shadow *shadow, unsigned int header, u16 next)
{
	show(shadow, header + 2, 0xf0, (next & 0xf) << 4);
	show(shadow, header + 3, 0xff, next >> 4);
}

/* The last capability of the list that user space sees; 0 if the list is empty. */
static unsigned int last_capability(const struct vfio_pci_core_device *vdev)
{
	unsigned int offset = PCI_CFG_SPACE_SIZE, last = 0;
	/* No list is longer, whatever the device says. */
	unsigned int left = (PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 4;

	while (offset >= PCI_CFG_SPACE_SIZE && left--) {
		u32 header = get_unaligned_le32(&vdev->vconfig[offset]);

		if (!header || header == U32_MAX)
			break;
		last = offset;
		offset = NEXT(header);
	}
	return last;
}

/* Whether vfio-pci-core shows something of its own there, in which case the description is wrong about this device. */
static bool is_taken(const struct vfio_pci_core_device *vdev, const struct quirk_shadow *shadow,
		     const struct quirk_dvsec *dvsec)
{
	unsigned int at, end = dvsec->offset + dvsec->length;

	if (dvsec->offset < PCI_CFG_SPACE_SIZE || end > PCI_CFG_SPACE_EXP_SIZE)
		return true;
	for (at = dvsec->offset; at < end; at++)
		if (vdev->pci_config_map[at] != UNASSIGNED || shadow->mask[at])
			return true;
	return false;
}

/**
 * quirk_shadow_build - shows what a description says of free space
 * @shadow: filled
 * @vdev:   enabled, so that it knows the list that user space sees
 * @device: what describes it
 *
 * Of a device without extended capabilities nothing is changed.
 */
void quirk_shadow_build(struct quirk_shadow *shadow, struct vfio_pci_core_device *vdev,
			const struct quirk_device *device)
{
	unsigned int last, each, at;

	memset(shadow, 0, sizeof(*shadow));
	if (vdev->pdev->cfg_size < PCI_CFG_SPACE_EXP_SIZE)
		return;
	last = last_capability(vdev);
	for (each = 0; each < device->dvsec_count; each++) {
		const struct quirk_dvsec *dvsec = &device->dvsecs[each];

		if (is_taken(vdev, shadow, dvsec)) {
			pci_warn(vdev->pdev, "%s: 0x%03x is not free, its DVSEC is not shown\n", device->source,
				 dvsec->offset);
			continue;
		}
		for (at = dvsec->offset; at < dvsec->offset + dvsec->length; at++) {
			u8 value = 0;

			quirk_dvsec_read(dvsec, at, &value);
			show(shadow, at, 0xff, value);
		}
		if (last) {
			show_next(shadow, last, dvsec->offset);
		} else if (dvsec->offset != PCI_CFG_SPACE_SIZE) {
			/* An empty list begins with a null capability. */
			for (at = 0; at < 4; at++)
				show(shadow, PCI_CFG_SPACE_SIZE + at, 0xff, 0);
			show_next(shadow, PCI_CFG_SPACE_SIZE, dvsec->offset);
		}
		last = dvsec->offset;
	}
}

/* How many bytes from an offset on are alike: all shown in full, or none. */
static size_t run_length(const struct quirk_shadow *shadow, size_t offset, size_t count, bool *is_shown)
{
	size_t length = 1;

	*is_shown = shadow->mask[offset] == 0xff;
	while (length < count && (shadow->mask[offset + length] == 0xff) == *is_shown)
		length++;
	return length;
}

/* Puts the shown bits over bytes that were read from the device. */
static int blend(const struct quirk_shadow *shadow, size_t offset, char __user *buf, size_t count)
{
	size_t at;

	for (at = 0; at < count; at++) {
		u8 mask = shadow->mask[offset + at], byte;

		if (!mask)
			continue;
		if (get_user(byte, (u8 __user *)buf + at))
			return -EFAULT;
		byte = (byte & ~mask) | (shadow->value[offset + at] & mask);
		if (put_user(byte, (u8 __user *)buf + at))
			return -EFAULT;
	}
	return 0;
}

static bool is_config(loff_t position, size_t *offset)
{
	*offset = position & VFIO_PCI_OFFSET_MASK;
	return VFIO_PCI_OFFSET_TO_INDEX(position) == VFIO_PCI_CONFIG_REGION_INDEX &&
	       *offset < PCI_CFG_SPACE_EXP_SIZE;
}

/**
 * quirk_shadow_read - the driver's read
 *
 * Bytes that are shown in full are not read from the device.
 */
ssize_t quirk_shadow_read(const struct quirk_shadow *shadow, struct vfio_device *core_vdev,
			  char __user *buf, size_t count, loff_t *ppos)
{
	size_t offset, done = 0;

	if (!is_config(*ppos, &offset))
		return vfio_pci_core_read(core_vdev, buf, count, ppos);
	count = min(count, PCI_CFG_SPACE_EXP_SIZE - offset);
	while (done < count) {
		bool is_shown;
		size_t run = run_length(shadow, offset + done, count - done, &is_shown);

		if (is_shown) {
			if (copy_to_user(buf + done, &shadow->value[offset + done], run))
				return -EFAULT;
			*ppos += run;
		} else {
			ssize_t got = vfio_pci_core_read(core_vdev, buf + done, run, ppos);

			if (got <= 0)
				return done ? done : got;
			if (blend(shadow, offset + done, buf + done, got))
				return -EFAULT;
			run = got;
		}
		done += run;
	}
	return done;
}

/**
 * quirk_shadow_write - the driver's write
 *
 * A byte with a shown bit is never written to the device.
 */
ssize_t quirk_shadow_write(const struct quirk_shadow *shadow, struct vfio_device *core_vdev,
			   const char __user *buf, size_t count, loff_t *ppos)
{
	size_t offset, done = 0;

	if (!is_config(*ppos, &offset))
		return vfio_pci_core_write(core_vdev, buf, count, ppos);
	count = min(count, PCI_CFG_SPACE_EXP_SIZE - offset);
	while (done < count) {
		size_t run = 0;

		while (done + run < count && !shadow->mask[offset + done + run])
			run++;
		if (run) {
			ssize_t put = vfio_pci_core_write(core_vdev, buf + done, run, ppos);

			if (put <= 0)
				return done ? done : put;
			done += put;
		} else {
			*ppos += 1;
			done += 1;
		}
	}
	return done;
}
