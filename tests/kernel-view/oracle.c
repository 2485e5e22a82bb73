/*
 * vfio-pci's own functions over configuration spaces in memory. They are taken from a kernel's source by `run` and included below;
 * what they stand on is here: a bus that is an array, and the few types and macros that they name.
 *
 * Standard input: spaces of 4096 bytes, one after the other. Standard output: for each the size of the config region, two bytes
 * little-endian, and as many bytes of what user space reads there, dword by dword; size 0 where the kernel refuses the device.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include "pci_regs.h"

typedef uint8_t u8;
typedef uint16_t u16, __le16;
typedef uint32_t u32, __le32;

#define SPACE 4096
/* Room for lengths that lead past the end: the kernel has none. */
#define ROOM (2 * SPACE)

#define PCI_CFG_SPACE_SIZE 256
#define PCI_CFG_SPACE_EXP_SIZE SPACE
#define PCI_CLASS_BRIDGE_HOST 0x0600
#define PCI_BUS_FLAGS_NO_EXTCFG 1
#define PCI_CAP_ID_BASIC 0
#define PCI_CAP_ID_INVALID 0xFF
#define PCI_CAP_ID_INVALID_VIRT 0xFE
#ifndef PCI_CAP_SIZEOF
#define PCI_CAP_SIZEOF 4
#endif
#define PCI_FIND_CAP_TTL 48
#define PCI_CAP_ID_MASK 0x00ff
#define PCI_CAP_LIST_NEXT_MASK 0xff00
#define FIELD_GET(mask, value) (((value) & (mask)) / ((mask) & -(mask)))
#define ALIGN_DOWN(value, to) ((value) / (to) * (to))
#define PCIBIOS_SUCCESSFUL 0
#define PCIBIOS_BAD_REGISTER_NUMBER 0x87
#define pcibios_err_to_errno(error) (-(error))
#define PCI_POSSIBLE_ERROR(value) ((value) == ~0u)

#define EXPORT_SYMBOL_GPL(name)
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), "")
#define WARN_ON(condition) ((void)(condition))
#define likely(condition) (condition)
#define pci_warn(...) ((void)0)
#define pci_dbg(...) ((void)0)
#define kmalloc_obj(...) NULL
#define kfree(pointer) ((void)(pointer))
#define __user
#define cpu_to_le16(value) ((u16)(value))
#define cpu_to_le32(value) ((u32)(value))
#define le32_to_cpu(value) ((u32)(value))
#define min(one, other) ((one) < (other) ? (one) : (other))
#define round_up(value, to) (((value) + (to) - 1) / (to) * (to))
#define copy_to_user(to, from, count) (memcpy(to, from, count), 0)
#define copy_from_user(to, from, count) (memcpy(to, from, count), 0)

struct pci_bus {
	int bus_flags;
};

struct pci_dev {
	u8 space[SPACE];
	struct pci_bus *bus;
	int cfg_size, class, is_virtfn, pcie_cap;
	u16 flags;
};

struct vfio_pci_core_device {
	struct pci_dev *pdev;
	int extended_caps;
	struct perm_bits *msi_perm;
	u8 *pci_config_map, *vconfig;
};

struct perm_bits {
	u8 *virt, *write;
	int (*readfn)(struct vfio_pci_core_device *, int, int, struct perm_bits *, int, __le32 *);
	int (*writefn)(struct vfio_pci_core_device *, int, int, struct perm_bits *, int, __le32);
};

/* As the bus does: aligned, and inside the space. */
static int bus_read(struct pci_dev *dev, int at, int count, void *value)
{
	memset(value, 0xff, count);
	if (at % count || at < 0 || at + count > SPACE)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	memcpy(value, dev->space + at, count);
	return 0;
}

static int pci_read_config_byte(struct pci_dev *dev, int at, u8 *value) { return bus_read(dev, at, 1, value); }
static int pci_read_config_word(struct pci_dev *dev, int at, u16 *value) { return bus_read(dev, at, 2, value); }
static int pci_read_config_dword(struct pci_dev *dev, int at, u32 *value) { return bus_read(dev, at, 4, value); }

static int vfio_user_config_read(struct pci_dev *dev, int at, __le32 *value, int count)
{
	*value = 0;
	return bus_read(dev, at, count, value);
}

static int vfio_user_config_write(struct pci_dev *dev, int at, __le32 value, int count) { return 0; }
static int init_pci_cap_msi_perm(struct perm_bits *perm, int length, u16 flags) { return 0; }
/* The virtual values of power management are nothing that the model says. */
static void vfio_update_pm_vconfig_bytes(struct vfio_pci_core_device *vdev, int at) { }
static u16 pcie_caps_reg(const struct pci_dev *dev) { return dev->flags; }
static int pci_pcie_type(const struct pci_dev *dev) { return dev->flags >> 4 & 0xf; }
static bool pci_is_pcie(struct pci_dev *dev) { return dev->pcie_cap != 0; }
static int pci_find_capability(struct pci_dev *dev, int id);

#include "kernel.inc"

static int pci_find_capability(struct pci_dev *dev, int id)
{
	u8 start;

	switch (dev->space[PCI_HEADER_TYPE] & 0x7f) {
	case 0:
	case 1:
		start = PCI_CAPABILITY_LIST;
		break;
	case 2:
		start = PCI_CB_CAPABILITY_LIST;
		break;
	default:
		return 0;
	}
	if (!(dev->space[PCI_STATUS] & PCI_STATUS_CAP_LIST))
		return 0;
	return PCI_FIND_NEXT_CAP(pci_read_config, start, id, NULL, dev);
}

/* What of a device the kernel learns when it finds it. */
static void enumerate(struct pci_dev *dev)
{
	u32 ids, class;

	pci_read_config_dword(dev, PCI_VENDOR_ID, &ids);
	pci_read_config_dword(dev, PCI_CLASS_REVISION, &class);
	dev->class = class >> 8;
	dev->is_virtfn = ids == ~0u;
	dev->flags = 0;
	dev->pcie_cap = pci_find_capability(dev, PCI_CAP_ID_EXP);
	if (dev->pcie_cap)
		pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_FLAGS, &dev->flags);
	dev->cfg_size = pci_cfg_space_size(dev);
}

/* What user space reads; 0, or an error of the kernel's. */
static int show(struct pci_dev *dev, u8 *shown)
{
	static u8 map[ROOM], copy[ROOM];
	static struct perm_bits msi = { .readfn = vfio_direct_config_read };
	struct vfio_pci_core_device vdev = { .pdev = dev, .msi_perm = &msi, .pci_config_map = map, .vconfig = copy };
	loff_t at;

	memset(copy, 0, ROOM);
	memset(map, PCI_CAP_ID_BASIC, PCI_STD_HEADER_SIZEOF);
	memset(map + PCI_STD_HEADER_SIZEOF, PCI_CAP_ID_INVALID, ROOM - PCI_STD_HEADER_SIZEOF);
	if (vfio_fill_vconfig_bytes(&vdev, 0, PCI_STD_HEADER_SIZEOF) || vfio_cap_init(&vdev) || vfio_ecap_init(&vdev))
		return -EINVAL;
	/* The header is the kernel's copy; how it is emulated further is nothing that the model says. */
	memcpy(shown, copy, PCI_STD_HEADER_SIZEOF);
	for (at = PCI_STD_HEADER_SIZEOF; at < dev->cfg_size;) {
		loff_t position = at;
		ssize_t count = vfio_pci_config_rw_single(&vdev, (char *)shown + at, 4 - at % 4, &position, false);

		if (count <= 0)
			return -EIO;
		at += count;
	}
	return 0;
}

int main(void)
{
	static struct pci_bus bus;
	static struct pci_dev dev = { .bus = &bus };
	static u8 shown[SPACE];

	while (fread(dev.space, SPACE, 1, stdin) == 1) {
		u16 size;

		enumerate(&dev);
		size = show(&dev, shown) ? 0 : dev.cfg_size;
		fwrite(&size, sizeof(size), 1, stdout);
		fwrite(shown, 1, size, stdout);
		fflush(stdout);
	}
	return 0;
}
